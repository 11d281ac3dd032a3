using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>A row of the picture: the life of a process, or one number of its descriptor table.</summary>
/// <param name="process">Whose.</param>
/// <param name="number">The number of the descriptors in it; null in the row of the life.</param>
/// <param name="middle">How far down its middle is.</param>
internal sealed class Row(TracedProcess process, int? number, double middle)
{
    public TracedProcess Process { get; } = process;

    public int? Number { get; } = number;

    public double Middle { get; } = middle;

    /// <summary>How far to the right it is taken, while marks are given their places.</summary>
    public double Right { get; set; }
}
