using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// The rows of the picture from top to bottom. Each process has a lane: a row for its life, and one for each descriptor number.
/// </summary>
internal sealed class Lanes
{
    private const double LifeHeight = 26;
    private const double DescriptorHeight = 22;
    private const double Padding = 7;

    private readonly Dictionary<TracedProcess, List<Row>> _rows = [];
    private readonly List<double> _borders = [];

    public Lanes(History history, double top)
    {
        double y = top;
        foreach (TracedProcess process in history.ProcessTree)
        {
            _borders.Add(y);
            y += Padding;
            List<Row> rows = [new Row(process, null, y + (LifeHeight / 2))];
            y += LifeHeight;
            IEnumerable<int> numbers = process.Descriptors.Where(one => one.File.Number > 0).Select(one => one.Number);
            foreach (int number in numbers.Distinct().Order())
            {
                rows.Add(new Row(process, number, y + (DescriptorHeight / 2)));
                y += DescriptorHeight;
            }

            _rows[process] = rows;
            y += Padding;
        }

        _borders.Add(y);
        Bottom = y;
    }

    /// <summary>The lines between the lanes, above the first, and below the last.</summary>
    public IReadOnlyList<double> Borders => _borders;

    public double Bottom { get; }

    public IEnumerable<Row> All => _rows.Values.SelectMany(rows => rows);

    public Row LifeOf(TracedProcess process) => _rows[process][0];

    public Row RowOf(Descriptor descriptor) => _rows[descriptor.Owner].First(row => row.Number == descriptor.Number);

    /// <summary>The row of a step; null where its descriptor is not drawn.</summary>
    public Row? RowOf(Step step) => step.On is null ? LifeOf(step.Process)
        : step.On.File.Number > 0 ? RowOf(step.On)
        : null;
}

/// <summary>A row of the picture: the life of a process, or one number of its descriptor table.</summary>
/// <param name="Process">The process.</param>
/// <param name="Number">The number of the descriptors in it; null for the row of the life.</param>
/// <param name="Middle">The vertical position of its middle, in pixels.</param>
internal sealed record Row(TracedProcess Process, int? Number, double Middle)
{
    /// <summary>The horizontal position up to which the row is full, while marks are laid out.</summary>
    public double Right { get; set; }
}
