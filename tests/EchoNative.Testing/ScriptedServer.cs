using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>A server for one client that runs a script of the test, on a thread of its own.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private Exception? _failure;

    /// <summary>Listens on a free port.</summary>
    /// <param name="script">Uses the socket of the client, which is closed afterwards.</param>
    public ScriptedServer(Action<Socket> script)
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen();
        _thread = new Thread(() => Serve(script)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listening.LocalEndPoint!).Port;

    /// <summary>Waits until the script has ended. Throws if it failed.</summary>
    public void Join()
    {
        if (!_thread.Join(Deadline.Long))
        {
            throw new TimeoutException("the script does not end");
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException("the script failed", _failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listening.Dispose();

    private void Serve(Action<Socket> script)
    {
        try
        {
            using Socket client = _listening.Accept();
            client.ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds;
            client.SendTimeout = (int)Deadline.Long.TotalMilliseconds;
            script(client);
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }
}
