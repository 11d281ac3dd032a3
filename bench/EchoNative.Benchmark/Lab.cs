using System;
using System.Collections.Generic;
using System.IO;

namespace EchoNative.Benchmark;

/// <summary>What every measurement needs: the plan, the programs, the processors, and a folder for temporary files.</summary>
internal sealed class Lab : IDisposable
{
    private const string MemoryFolder = "/dev/shm";

    public Lab(Plan plan)
    {
        Plan = plan;

        // Files in memory, so that the work of a disk in the background does not disturb the measurement.
        string parent = Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath();
        Scratch = Path.Combine(parent, $"echo-native-bench.{Environment.ProcessId}");
        _ = Directory.CreateDirectory(Scratch);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CleanUp();
    }

    public Plan Plan { get; }

    public Pinning Pinning { get; } = new();

    /// <summary>A folder for temporary files. It is deleted at the end.</summary>
    public string Scratch { get; }

    /// <summary>The path of one of our programs, which make has built.</summary>
    public static string Ours(string name) => Path.GetFullPath(Path.Combine("bin", name));

    /// <summary>The path of a C program of the benchmark, which make has built.</summary>
    public static string Reference(string name) => Path.GetFullPath(Path.Combine("artifacts", "bench", name));

    /// <summary>Writes a line about the progress to standard error.</summary>
    public static void Log(string text) => Console.Error.WriteLine(text);

    /// <summary>
    /// Measures each subject once in each round. A change on the machine during the run then affects all subjects alike.
    /// The order rotates, so that a subject does not always follow the same one.
    /// </summary>
    public static Series<TSubject, TValue> Interleave<TSubject, TValue>(
        string what, IReadOnlyList<TSubject> subjects, int rounds, Func<TSubject, TValue> measure)
        where TSubject : notnull
    {
        Series<TSubject, TValue> series = new(subjects);
        for (int round = 0; round < rounds; round++)
        {
            Log($"{what}: round {round + 1} of {rounds}");
            for (int turn = 0; turn < subjects.Count; turn++)
            {
                series.Add(subjects[(round + turn) % subjects.Count], measure);
            }
        }

        return series;
    }

    /// <inheritdoc/>
    public void Dispose() => CleanUp();

    // Also called on ProcessExit: Ctrl-C ends the program without disposing of anything.
    private void CleanUp()
    {
        StartedProcess.KillAll();
        if (Directory.Exists(Scratch))
        {
            Directory.Delete(Scratch, recursive: true);
        }
    }
}
