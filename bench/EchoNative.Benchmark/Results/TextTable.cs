using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace EchoNative.Benchmark;

/// <summary>Writes the results as a table, for a terminal or in Markdown.</summary>
internal static class TextTable
{
    private const int LeftColumns = 2;

    private static readonly string[] s_head = ["what", "beside", "ours", "other", "ratio", "lowest .. highest", "target", ""];

    /// <summary>Writes it for a terminal.</summary>
    public static string ForTerminal(Report report)
    {
        List<string[]> lines = [s_head, .. report.Rows.Select(CellsOf)];
        int[] widths = [.. Enumerable.Range(0, s_head.Length).Select(column => lines.Max(cells => cells[column].Length))];
        StringBuilder text = new();
        string previous = "";
        foreach (string[] cells in lines)
        {
            // A name that is the same as in the line above is not repeated.
            string[] shown = cells[0] == previous ? ["", .. cells[1..]] : cells;
            previous = cells[0];
            IEnumerable<string> padded = shown.Select((cell, column) => column < LeftColumns || column == cells.Length - 1
                ? cell.PadRight(widths[column])
                : cell.PadLeft(widths[column]));
            _ = text.AppendLine(string.Join("  ", padded).TrimEnd());
        }

        return text.AppendLine().AppendJoin(Environment.NewLine, NotesOf(report)).AppendLine().ToString();
    }

    /// <summary>Writes it in Markdown.</summary>
    public static string ForMarkdown(Report report)
    {
        StringBuilder text = new();
        _ = text.AppendLine(Line(s_head)).AppendLine("|---|---|---:|---:|---:|---:|---:|---|");
        foreach (Row row in report.Rows)
        {
            _ = text.AppendLine(Line(CellsOf(row)));
        }

        return text.AppendLine().AppendJoin(Environment.NewLine + Environment.NewLine, NotesOf(report)).AppendLine().ToString();
    }

    private static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";

    private static string[] CellsOf(Row row) => row.IsValid
        ?
        [
            row.What, row.Against, row.Unit.Show(row.Ours), row.Unit.Show(row.Other), Row.ShowRatio(row.Ratio),
            row.Rounds.Count > 1 ? row.Spread : "", row.Target.ToString(), row.Verdict,
        ]
        : [row.What, row.Against, "", "", "", "", row.Target.ToString(), row.Verdict];

    private static IEnumerable<string> NotesOf(Report report) =>
    [
        report.Machine + ".",
        "A ratio is ours divided by the other's, the median over the rounds "
            + $"({report.Plan.Rounds} in the {report.Plan.Name} run); "
            + "in each round all had their turn, one right after the other.",
        $"Pinned: {report.Pinning}.",
        .. report.Rows.Where(row => !row.IsValid).Select(row => $"invalid: {row.What}: {row.Fault}"),
        .. report.Missing,
    ];
}
