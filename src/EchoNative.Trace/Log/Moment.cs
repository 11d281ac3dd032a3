using System;

namespace EchoNative.Trace.Log;

/// <summary>A place in the log and the time there. The lines are in the order of events; clocks may be set back.</summary>
/// <param name="Line">The number of the line, from 1 on.</param>
/// <param name="Time">Since the epoch, as <c>strace -ttt</c> prints it.</param>
internal readonly record struct Moment(int Line, TimeSpan Time) : IComparable<Moment>
{
    public int CompareTo(Moment other) => Line.CompareTo(other.Line);

    public static bool operator <(Moment left, Moment right) => left.CompareTo(right) < 0;

    public static bool operator >(Moment left, Moment right) => left.CompareTo(right) > 0;

    public static bool operator <=(Moment left, Moment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Moment left, Moment right) => left.CompareTo(right) >= 0;
}
