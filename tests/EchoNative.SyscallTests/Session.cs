using System.Net.Sockets;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Messages that go to a server and come back, one after the other.</summary>
public static class Session
{
    /// <summary>Sends a message so many times, each when the one before has come back.</summary>
    /// <returns>How many came back whole before the server ended the connection.</returns>
    public static int Exchange(Socket client, string message, int times)
    {
        for (int done = 0; done < times; done++)
        {
            try
            {
                _ = client.Send(Encoding.ASCII.GetBytes(message));
                if (Loopback.Receive(client, message.Length) != message)
                {
                    return done;
                }
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
            {
                return done;
            }
        }

        return times;
    }
}
