using System;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>
/// Puts another open file on descriptor 2 for a while: <see cref="LogStream"/> reopens standard streams
/// by their numbers. Only tests that run alone may do this; see <see cref="StandardErrorCollection"/>.
/// </summary>
internal sealed class StandardErrorSwap : IDisposable
{
    private readonly int _original;
    private bool _isRestored;

    public StandardErrorSwap(FileDescriptor replacement)
    {
        _original = LibC.fcntl(StandardStream.Error.Number, LibC.F_DUPFD_CLOEXEC, 3);
        Assert.True(_original >= 0);
        Assert.Equal(StandardStream.Error.Number, LibC.dup2(replacement.Number, StandardStream.Error.Number));
    }

    public void Dispose()
    {
        if (!_isRestored)
        {
            _isRestored = true;
            _ = LibC.dup2(_original, StandardStream.Error.Number);
            new FileDescriptor(_original).Close();
        }
    }
}
