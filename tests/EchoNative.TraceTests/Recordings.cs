using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.TraceTests;

/// <summary>The recordings of all servers, made once for all tests.</summary>
public sealed class Recordings : IDisposable
{
    private readonly Dictionary<string, Task<ServerRecording>> _recordings;

    /// <summary>Starts all of them, or none if a program is missing.</summary>
    public Recordings()
    {
        (string server, string staticC, string careless) = (Binary.Server, Binary.StaticC, Binary.CarelessC);
        _recordings = new()
        {
            ["echo-server"] = Record(endTogether: false, server, "0"),
            ["C"] = Record(endTogether: false, staticC, "0"),
            ["socat"] = Record(endTogether: false, "socat", "-d", "-d", "TCP4-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"),
            ["tcpserver"] = Record(endTogether: false, "tcpserver", "-1", "-HRl0", "127.0.0.1", "0", "cat"),
            ["careless"] = Record(endTogether: true, careless),
        };
    }

    /// <summary>The recording of a server. Waits until it is complete.</summary>
    public ServerRecording this[string name] => _recordings[name].GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        // A recording that failed has disposed of itself.
        foreach (Task<ServerRecording> recording in _recordings.Values)
        {
            _ = Task.WaitAny(recording);
            if (recording.IsCompletedSuccessfully)
            {
                recording.Result.Dispose();
            }
        }
    }

    // All are made at the same time: a recording mostly waits.
    private static Task<ServerRecording> Record(bool endTogether, params string[] command) =>
        Task.Run(() => new ServerRecording(endTogether, command));
}
