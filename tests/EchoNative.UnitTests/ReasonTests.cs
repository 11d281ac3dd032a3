using System;
using System.ComponentModel;
using System.IO;
using System.Net.Sockets;
using EchoNative.Managed;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>The managed engine describes an error in the words of the C library.</summary>
public sealed class ReasonTests
{
    [Theory]
    [InlineData(SocketError.AccessDenied, 13)]
    [InlineData(SocketError.AddressAlreadyInUse, 98)]
    [InlineData(SocketError.AddressFamilyNotSupported, 97)]
    [InlineData(SocketError.AddressNotAvailable, 99)]
    [InlineData(SocketError.ConnectionAborted, 103)]
    [InlineData(SocketError.ConnectionRefused, 111)]
    [InlineData(SocketError.ConnectionReset, 104)]
    [InlineData(SocketError.HostDown, 112)]
    [InlineData(SocketError.HostUnreachable, 113)]
    [InlineData(SocketError.InvalidArgument, 22)]
    [InlineData(SocketError.NetworkDown, 100)]
    [InlineData(SocketError.NetworkReset, 102)]
    [InlineData(SocketError.NetworkUnreachable, 101)]
    [InlineData(SocketError.NoBufferSpaceAvailable, 105)]
    [InlineData(SocketError.NotConnected, 107)]
    [InlineData(SocketError.OperationNotSupported, 95)]
    [InlineData(SocketError.Shutdown, 32)]
    [InlineData(SocketError.TimedOut, 110)]
    [InlineData(SocketError.TooManyOpenSockets, 24)]
    public void An_error_of_a_socket_has_the_words_of_its_number(SocketError error, int number)
    {
        Assert.Equal(new Errno(number).ToString(), Reason.Of(error));
        Assert.Equal(new Errno(number).ToString(), Reason.Of(new SocketException((int)error)));
        Assert.Equal(new Errno(number).ToString(), Reason.Of(new IOException("sent", new SocketException((int)error))));
    }

    [Fact]
    public void An_error_of_a_socket_that_is_not_in_the_table_has_the_words_of_the_system()
    {
        Assert.Null(Reason.Of(SocketError.NotSocket));
        SocketException exception = new((int)SocketError.NotSocket);
        Assert.Equal(((Win32Exception)exception).Message, Reason.Of(exception));
    }

    [Fact]
    public void An_error_of_a_file_has_the_words_of_its_number_and_not_the_path()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        Assert.Equal("No such file or directory", ReasonOf(() => File.ReadAllText(Path.Combine(folder, "none"))));
        Assert.Equal("No such file or directory", ReasonOf(() => File.WriteAllText(Path.Combine(folder, "none", "file"), "")));
        Assert.Equal("No space left on device", ReasonOf(() => File.WriteAllText("/dev/full", "x")));
        Assert.Equal("File name too long", ReasonOf(() => File.WriteAllText(Path.Combine(folder, new string('x', 300)), "")));
        Directory.Delete(folder);
    }

    [Fact]
    public void Errors_that_the_class_library_calls_access_denied_keep_their_own_words()
    {
        Assert.Equal(
            "Bad file descriptor",
            Reason.Of(new UnauthorizedAccessException("Access to the path is denied.", new IOException("Bad file descriptor"))));
        Assert.Equal("Permission denied", Reason.Of(new UnauthorizedAccessException("Access to the path is denied.")));
    }

    private static string ReasonOf(Action action) => Reason.Of(Assert.ThrowsAny<Exception>(action));
}
