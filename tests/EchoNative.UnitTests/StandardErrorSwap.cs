using System;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>
/// Replaces descriptor 2 by another open file until Dispose, because <see cref="LogStream"/> reopens standard streams by
/// their numbers. Only tests that run alone may do this; see <see cref="StandardErrorCollection"/>.
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

/// <summary>The tests that replace standard error of the test host. No other test runs at the same time.</summary>
[CollectionDefinition(nameof(StandardErrorCollection), DisableParallelization = true)]
public sealed class StandardErrorCollection;
