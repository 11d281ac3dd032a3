using System;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>One run of the client against a server of its own, from lines in a file to the end of all its processes.</summary>
public sealed class ClientRun
{
    /// <summary>Runs it.</summary>
    /// <param name="input">What standard input holds: a file, so that it can be named to strace by -P.</param>
    /// <param name="straceOptions">Options of strace; <c>INPUT</c> stands for the file's path.</param>
    /// <param name="options">Options of the client, before the address.</param>
    public ClientRun(string input, string[] straceOptions, params string[] options)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, input);
            using RunningServer server = new("--bind", "127.0.0.1");
            Address = $"127.0.0.1:{server.Port}";
            using TracedProgram client = new(
                Binary.Client,
                [.. options, "127.0.0.1", $"{server.Port}"],
                straceOptions.Select(option => option.Replace("INPUT", file, StringComparison.Ordinal)),
                file);
            Status = client.WaitForExit();
            Output = client.Program.Output;
            Error = client.Program.Error;
            Trace = client.ReadTrace();

            // strace ends after all traced processes. A process without an end in the trace did not end.
            Assert.Empty(Trace.NeverEnded);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public string Address { get; }

    public int Status { get; }

    public string Output { get; }

    public string Error { get; }

    public Trace Trace { get; }
}
