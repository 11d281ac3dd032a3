using System;
using System.Collections.Generic;
using EchoNative.Testing;

namespace EchoNative.TraceTests;

/// <summary>The recordings of all servers, made once for all tests.</summary>
public sealed class Recordings : IDisposable
{
    private readonly Dictionary<string, ServerRecording> _recordings = new()
    {
        ["echo-server"] = new ServerRecording(endTogether: false, Binary.Server, "0"),
        ["C"] = new ServerRecording(endTogether: false, Binary.StaticC, "0"),
        ["socat"] = new ServerRecording(endTogether: false, "socat", "-d", "-d", "TCP4-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"),
        ["tcpserver"] = new ServerRecording(endTogether: false, "tcpserver", "-1", "-HRl0", "127.0.0.1", "0", "cat"),
        ["careless"] = new ServerRecording(endTogether: true, Binary.CarelessC),
    };

    /// <summary>The recording of a server.</summary>
    public ServerRecording this[string name] => _recordings[name];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ServerRecording recording in _recordings.Values)
        {
            recording.Dispose();
        }
    }
}
