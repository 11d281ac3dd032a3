using System.Globalization;

namespace EchoNative.Bench;

/// <summary>
/// What a process has used so far, with all its children that have been removed. A child's account is added
/// to its parent's when it is waited for; see times(2) and getrusage(2).
/// </summary>
/// <param name="Seconds">Processor time, user and system. It is told in steps of 10 ms.</param>
/// <param name="MinorFaults">Page faults that needed no reading from a disk.</param>
internal readonly record struct ProcessAccount(double Seconds, double MinorFaults)
{
    // The unit in which /proc tells times, sysconf(_SC_CLK_TCK), is 100 on every Linux.
    private const double TicksPerSecond = 100;

    /// <summary>Reads it. Children that live, or were not removed yet, are not in it.</summary>
    public static ProcessAccount Of(int processId)
    {
        // Positions in /proc/PID/stat, less 3.
        const int Faults = 7;
        const int ChildFaults = 8;
        const int FirstTime = 11; // utime, stime, cutime, cstime
        const int Times = 4;

        string[] fields = ProcessFile.ReadStat(processId);
        double ticks = 0;
        for (int time = FirstTime; time < FirstTime + Times; time++)
        {
            ticks += Number(fields[time]);
        }

        return new ProcessAccount(ticks / TicksPerSecond, Number(fields[Faults]) + Number(fields[ChildFaults]));
    }

    /// <summary>What was used between two readings.</summary>
    public ProcessAccount Since(ProcessAccount earlier) =>
        new(Seconds - earlier.Seconds, MinorFaults - earlier.MinorFaults);

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
