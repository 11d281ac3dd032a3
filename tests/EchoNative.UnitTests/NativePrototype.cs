using System.Collections.Generic;
using System.Linq;

namespace EchoNative.UnitTests;

/// <summary>A function as its man page declares it. The C compiler compares it with the header.</summary>
/// <param name="Returns">The C type of the result.</param>
/// <param name="Name">The function.</param>
/// <param name="Parameters">The C types of the parameters; after <c>...</c> those of the arguments that we pass.</param>
internal sealed record NativePrototype(string Returns, string Name, params string[] Parameters)
{
    private const string Ellipsis = "...";

    /// <summary>All functions of the C library that the program calls.</summary>
    public static IReadOnlyDictionary<string, NativePrototype> All { get; } = new NativePrototype[]
    {
        new("int *", "__errno_location"),
        new("int", "__nss_configure_lookup", "const char *", "const char *"),
        new("void", "_exit", "int"),
        new("int", "accept", "int", "__SOCKADDR_ARG", "socklen_t *"),
        new("int", "bind", "int", "__CONST_SOCKADDR_ARG", "socklen_t"),
        new("int", "clock_gettime", "clockid_t", "struct timespec *"),
        new("int", "close", "int"),
        new("int", "close_range", "unsigned int", "unsigned int", "int"),
        new("int", "connect", "int", "__CONST_SOCKADDR_ARG", "socklen_t"),
        new("int", "dup2", "int", "int"),
        new("int", "epoll_create1", "int"),
        new("int", "epoll_ctl", "int", "int", "int", "struct epoll_event *"),
        new("int", "epoll_wait", "int", "struct epoll_event *", "int", "int"),
        new("int", "fcntl", "int", "int", Ellipsis),
        new("void", "freeaddrinfo", "struct addrinfo *"),
        new("int", "fstat", "int", "struct stat *"),
        new("const char *", "gai_strerror", "int"),
        new("int", "getaddrinfo", "const char *", "const char *", "const struct addrinfo *", "struct addrinfo **"),
        new("int", "getgrnam_r", "const char *", "struct group *", "char *", "size_t", "struct group **"),
        new("int", "getpwnam_r", "const char *", "struct passwd *", "char *", "size_t", "struct passwd **"),
        new("int", "getpwuid_r", "uid_t", "struct passwd *", "char *", "size_t", "struct passwd **"),
        new("int", "setenv", "const char *", "const char *", "int"),
        new("int", "setgroups", "size_t", "const gid_t *"),
        new("int", "setresgid", "gid_t", "gid_t", "gid_t"),
        new("int", "setresuid", "uid_t", "uid_t", "uid_t"),
        new("int", "access", "const char *", "int"),
        new("int", "execv", "const char *", "char *const *"),
        new("unsigned long", "getauxval", "unsigned long"),
        new("char *", "getenv", "const char *"),
        new("pid_t", "getpid"),
        new("pid_t", "getppid"),
        new("ssize_t", "getrandom", "void *", "size_t", "unsigned int"),
        new("int", "getrlimit", "__rlimit_resource_t", "struct rlimit *"),
        new("int", "gethostname", "char *", "size_t"),
        new("int", "getpeername", "int", "__SOCKADDR_ARG", "socklen_t *"),
        new("ssize_t", "recv", "int", "void *", "size_t", "int"),
        new("int", "rename", "const char *", "const char *"),
        new("int", "unlink", "const char *"),
        new("int", "getsockname", "int", "__SOCKADDR_ARG", "socklen_t *"),
        new("int", "getsockopt", "int", "int", "int", "void *", "socklen_t *"),
        new("unsigned int", "if_nametoindex", "const char *"),
        new("const char *", "inet_ntop", "int", "const void *", "char *", "socklen_t"),
        new("int", "inet_pton", "int", "const char *", "void *"),
        new("int", "isatty", "int"),
        new("int", "listen", "int", "int"),
        new("int", "lstat", "const char *", "struct stat *"),
        new("int", "madvise", "void *", "size_t", "int"),
        new("void *", "mmap", "void *", "size_t", "int", "int", "int", "off_t"),
        new("int", "mprotect", "void *", "size_t", "int"),
        new("int", "munmap", "void *", "size_t"),
        new("int", "open", "const char *", "int", Ellipsis, "mode_t"),
        new("int", "pipe2", "int *", "int"),
        new("int", "ppoll", "struct pollfd *", "nfds_t", "const struct timespec *", "const sigset_t *"),
        new("ssize_t", "pread", "int", "void *", "size_t", "off_t"),
        new("int", "prctl", "int", Ellipsis, "unsigned long", "unsigned long", "unsigned long", "unsigned long"),
        new("int", "pthread_sigmask", "int", "const sigset_t *", "sigset_t *"),
        new("ssize_t", "read", "int", "void *", "size_t"),
        new("ssize_t", "send", "int", "const void *", "size_t", "int"),
        new("int", "setrlimit", "__rlimit_resource_t", "const struct rlimit *"),
        new("int", "setsockopt", "int", "int", "int", "const void *", "socklen_t"),
        new("int", "shutdown", "int", "int"),
        new("const char *", "sigabbrev_np", "int"),
        new("int", "sigaction", "int", "const struct sigaction *", "struct sigaction *"),
        new("int", "sigaddset", "sigset_t *", "int"),
        new("int", "sigdelset", "sigset_t *", "int"),
        new("int", "sigemptyset", "sigset_t *"),
        new("int", "sigismember", "const sigset_t *", "int"),
        new("int", "socket", "int", "int", "int"),
        new("ssize_t", "splice", "int", "off64_t *", "int", "off64_t *", "size_t", "unsigned int"),
        new("int", "stat", "const char *", "struct stat *"),
        new("const char *", "strerrordesc_np", "int"),
        new("const char *", "strerrorname_np", "int"),
        new("long", "syscall", "long", Ellipsis, "long", "long", "long", "long", "long", "long"),
        new("pid_t", "waitpid", "pid_t", "int *", "int"),
        new("ssize_t", "write", "int", "const void *", "size_t"),
    }.ToDictionary(prototype => prototype.Name);

    /// <summary>The types of the arguments that we pass.</summary>
    public IReadOnlyList<string> Arguments => [.. Parameters.Where(type => type != Ellipsis)];

    /// <summary>A C declaration that compiles only where the header says the same.</summary>
    public string Assertion
    {
        get
        {
            string[] declared =
                [.. Parameters.TakeWhile(type => type != Ellipsis), .. Parameters.Where(type => type == Ellipsis)];
            string list = declared.Length == 0 ? "void" : string.Join(", ", declared);
            return $"static {Returns} (*const check_{Name})({list}) __attribute__((unused)) = {Name};";
        }
    }
}
