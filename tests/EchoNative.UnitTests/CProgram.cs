using System;
using System.IO;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

/// <summary>A C source text that a compiler checks against the headers of the system that it compiles for.</summary>
/// <param name="Compiler">The compiler.</param>
/// <param name="Emulator">The emulator that runs its programs, if this machine can't.</param>
public sealed record CProgram(string Compiler, string? Emulator = null)
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <arpa/inet.h>
        #include <dirent.h>
        #include <elf.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/audit.h>
        #include <linux/capability.h>
        #include <linux/filter.h>
        #include <linux/futex.h>
        #include <linux/seccomp.h>
        #include <net/if.h>
        #include <grp.h>
        #include <netdb.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <nss.h>
        #include <poll.h>
        #include <pwd.h>
        #include <signal.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/auxv.h>
        #include <sys/epoll.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/random.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>

        """;

    /// <summary>The compiler for this machine.</summary>
    public static CProgram Here { get; } = new("cc");

    /// <summary>Debian's cross compiler for arm64.</summary>
    public static CProgram Arm64 { get; } = new("aarch64-linux-gnu-gcc", "qemu-aarch64-static");

    /// <summary>Compiles a source text, with warnings as errors.</summary>
    /// <param name="declarations">The text after the headers.</param>
    /// <returns>The compiler's messages; empty if there are none.</returns>
    public string Compile(string declarations) =>
        InTemporaryFolder(folder => Compile(folder, declarations, "-fsyntax-only"));

    /// <summary>Compiles and runs a program.</summary>
    /// <param name="body">The statements of main.</param>
    /// <returns>What it prints.</returns>
    public string Run(string body) => InTemporaryFolder(folder =>
    {
        string program = Path.Combine(folder, "program");
        string messages = Compile(folder, $"int main(void)\n{{\n{body}\nreturn 0;\n}}\n", "-static", "-o", program);
        Assert.True(messages.Length == 0, messages);
        using RunningProgram running = Emulator is null ? new(program, []) : new(Emulator, [program]);
        Assert.Equal(0, running.WaitForExit());
        return running.Output;
    });

    private string Compile(string folder, string text, params string[] options)
    {
        string source = Path.Combine(folder, "source.c");
        File.WriteAllText(source, Headers + text);
        using RunningProgram compiler = new(Compiler, ["-std=gnu11", "-Wall", "-Werror", .. options, source]);
        int status = compiler.WaitForExit();
        return status == 0 ? "" : compiler.Transcript;
    }

    private static string InTemporaryFolder(Func<string, string> work)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("echo-native-c-");
        try
        {
            return work(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
