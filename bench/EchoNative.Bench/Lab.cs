using System;
using System.Collections.Generic;
using System.IO;

namespace EchoNative.Bench;

/// <summary>What every measurement needs: the plan, the programs, the processors, and a folder for files that nobody keeps.</summary>
internal sealed class Lab : IDisposable
{
    private const string MemoryFolder = "/dev/shm";

    public Lab(Plan plan)
    {
        Plan = plan;

        // Files in memory: what a disk does in the background is none of our business.
        string parent = Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath();
        Scratch = Path.Combine(parent, $"echo-native-bench.{Environment.ProcessId}");
        _ = Directory.CreateDirectory(Scratch);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CleanUp();
    }

    public Plan Plan { get; }

    public Pinning Pinning { get; } = new();

    /// <summary>A folder that is removed in the end.</summary>
    public string Scratch { get; }

    /// <summary>The program under its own names, as make has built it.</summary>
    public static string Ours(string name) => Path.GetFullPath(Path.Combine("bin", name));

    /// <summary>A C program of the benchmark, as make has built it.</summary>
    public static string Reference(string name) => Path.GetFullPath(Path.Combine("artifacts", "bench", name));

    /// <summary>Says what is being done, where somebody is watching.</summary>
    public static void Tell(string text) => Console.Error.WriteLine(text);

    /// <summary>
    /// Gives each subject its turn, round after round. What changes on the machine in the meantime then
    /// changes for all. The order rotates, so that nobody always follows the same one.
    /// </summary>
    public static Series<TSubject, TValue> Interleave<TSubject, TValue>(
        string what, IReadOnlyList<TSubject> subjects, int rounds, Func<TSubject, TValue> measure)
        where TSubject : notnull
    {
        Series<TSubject, TValue> series = new(subjects);
        for (int round = 0; round < rounds; round++)
        {
            Tell($"{what}: round {round + 1} of {rounds}");
            for (int turn = 0; turn < subjects.Count; turn++)
            {
                series.Add(subjects[(round + turn) % subjects.Count], measure);
            }
        }

        return series;
    }

    /// <inheritdoc/>
    public void Dispose() => CleanUp();

    // Ctrl-C ends the program without disposing of anything, but not without this.
    private void CleanUp()
    {
        OwnProcess.KillAll();
        if (Directory.Exists(Scratch))
        {
            Directory.Delete(Scratch, recursive: true);
        }
    }
}
