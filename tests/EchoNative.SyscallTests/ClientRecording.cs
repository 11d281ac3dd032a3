using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>One trace of a client that sends two lines and <c>q</c>, and ends after it has received everything.</summary>
public sealed class ClientRecording
{
    public ClientRecording()
    {
        using RunningServer server = new("--bind", "127.0.0.1");
        Port = server.Port;
        using TracedProgram client = new(Binary.Client, ["127.0.0.1", $"{server.Port}"]);
        foreach (string line in (string[])["one\n", "two\n"])
        {
            client.Program.Type(line);
            Deadline.WaitUntil(
                () => client.Program.Output.EndsWith(line, default), $"{line} comes back", () => client.Program.Transcript);
        }

        client.Program.Type("q\n");
        Status = client.WaitForExit();
        Output = client.Program.Output;
        Trace = client.ReadTrace();
    }

    public int Port { get; }

    public int Status { get; }

    public string Output { get; }

    public Trace Trace { get; }
}
