using System;
using System.IO;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

/// <summary>A C source text that the system's compiler checks against the system's headers.</summary>
internal static class CProgram
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <arpa/inet.h>
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

    /// <summary>Compiles it, with warnings as errors.</summary>
    /// <param name="declarations">What follows the headers.</param>
    /// <returns>What the compiler has to say; empty where all is well.</returns>
    public static string Compile(string declarations) =>
        InTemporaryFolder(folder => Compile(folder, declarations, "-fsyntax-only"));

    /// <summary>Compiles and runs it.</summary>
    /// <param name="body">The statements of main.</param>
    /// <returns>What it prints.</returns>
    public static string Run(string body) => InTemporaryFolder(folder =>
    {
        string program = Path.Combine(folder, "program");
        string complaints = Compile(folder, $"int main(void)\n{{\n{body}\nreturn 0;\n}}\n", "-o", program);
        Assert.True(complaints.Length == 0, complaints);
        using RunningProgram running = new(program, []);
        Assert.Equal(0, running.WaitForExit());
        return running.Output;
    });

    private static string Compile(string folder, string text, params string[] options)
    {
        string source = Path.Combine(folder, "source.c");
        File.WriteAllText(source, Headers + text);
        using RunningProgram compiler = new("cc", ["-std=gnu11", "-Wall", "-Werror", .. options, source]);
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
