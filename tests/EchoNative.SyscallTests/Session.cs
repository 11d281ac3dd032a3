using System.IO;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Messages to a server, one after the other.</summary>
public static class Session
{
    /// <summary>Sends a message several times, each after the answer to the one before.</summary>
    /// <returns>How many came back before the server ended the connection.</returns>
    public static int Exchange(Socket client, string message, int times)
    {
        for (int done = 0; done < times; done++)
        {
            try
            {
                client.AssertEchoes(message);
            }
            catch (EndOfStreamException)
            {
                return done;
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is
                    SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
            {
                return done;
            }
        }

        return times;
    }
}
