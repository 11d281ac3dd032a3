using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Cli;
using EchoNative.Options;
using EchoNative.Trace.Cli;
using EchoNative.Trace.Drawing;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;
using EchoNative.Trace.Page;

namespace EchoNative.Trace;

/// <summary>Reads a log of strace, draws it, and prints the findings.</summary>
internal static class Program
{
    private const string StandardInput = "-";
    private const int ShownLetters = 100;

    internal static int Main(string[] arguments)
    {
        Command command = TraceCommandLine.Command;
        try
        {
            return Run(arguments);
        }
        catch (UsageException exception)
        {
            Console.Error.Write($"{command.Name}: {exception.Message}\n{command.Usage}");
            return ExitStatus.Misused;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"{command.Name}: {exception.Message}");
            return ExitStatus.Failed;
        }
    }

    private static int Run(string[] arguments)
    {
        string[] options = [.. arguments.TakeWhile(argument => argument != "--")];
        if (options.Contains(OptionDescription.Help.Name))
        {
            Console.Write(TraceCommandLine.Command.Help);
            return ExitStatus.Done;
        }

        if (options.Contains(OptionDescription.Version.Name))
        {
            Console.WriteLine($"{TraceCommandLine.Command.Name} {ProgramVersion.Text}");
            return ExitStatus.Done;
        }

        Draw(TraceCommandLine.Parse(arguments));
        return ExitStatus.Done;
    }

    private static void Draw(TraceOptions options)
    {
        StraceLog log = Read(options.Log);
        History history = Replay.Run(log);
        IReadOnlyList<Finding> findings = Diagnosis.Of(history);
        string output = options.Output
            ?? (options.Log == StandardInput ? "trace" : Path.GetFileNameWithoutExtension(options.Log));
        PrintFindings(history, findings);
        if (options.At is decimal seconds)
        {
            string name = $"{output}-at-{seconds.ToString(CultureInfo.InvariantCulture)}.svg";
            Write(name, StillPicture.Draw(history, (double)seconds));
            return;
        }

        Write($"{output}.svg", TimelinePicture.Draw(history, findings));
        Write($"{output}.html", TracePage.Write(history, findings));
    }

    private static StraceLog Read(string name)
    {
        try
        {
            using TextReader text = name == StandardInput ? Console.In : new StreamReader(name);
            return LogReader.Read(text);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{name}: {exception.Message}", exception);
        }
    }

    private static void Write(string name, string text)
    {
        File.WriteAllText(name, text);
        Console.WriteLine($"written: {name}");
    }

    private static void PrintFindings(History history, IReadOnlyList<Finding> findings)
    {
        Console.WriteLine(Overview.Of(history));
        foreach (Finding finding in findings)
        {
            Console.WriteLine(Printable.Of($"{(finding.IsFault ? "fault" : "note")}: {finding.Text}"));
        }

        Console.WriteLine(Diagnosis.Summary(findings));
        if (history.Log.Unknown is [UnknownLine first, ..])
        {
            string text = first.Text.Length > ShownLetters ? first.Text[..ShownLetters] + "..." : first.Text;
            int count = history.Log.Unknown.Count;
            Console.WriteLine(Printable.Of($"{count} lines not understood; the first is line {first.Number}: {text}"));
        }
    }
}
