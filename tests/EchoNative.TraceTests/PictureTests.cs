using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EchoNative.Trace.Drawing;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>The SVG files, read as XML and compared with what they show.</summary>
[Collection(nameof(RecordingsCollection))]
public sealed partial class PictureTests(Recordings recordings)
{
    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    [InlineData("socat")]
    [InlineData("tcpserver")]
    [InlineData("careless")]
    public void Every_fork_is_an_arrow_and_every_descriptor_of_a_drawn_socket_a_bar(string server)
    {
        History history = recordings[server].History;
        XElement picture = Picture(recordings[server]);
        Assert.Equal(history.Processes.Count(process => process.Parent is not null), WithClass(picture, "arrow").Count());
        Assert.Equal(history.DrawnFiles.Sum(file => file.Descriptors.Count), WithClass(picture, "bar").Count());
    }

    [Fact]
    public void Bars_of_one_socket_have_one_color_and_those_of_two_connections_have_two()
    {
        IEnumerable<IGrouping<string, XElement>> bars = WithClass(Picture(recordings["echo-server"]), "bar")
            .GroupBy(bar => bar.Attribute("data-file")!.Value);
        List<string> colors = [.. bars.Select(group =>
            Assert.Single(group.Select(bar => bar.Attribute("class")!.Value).Distinct()))];
        Assert.Equal(4, colors.Count);
        Assert.Equal(4, colors.Distinct().Count());
        Assert.All(bars, group => Assert.True(group.Count() > 1));
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("C")]
    [InlineData("socat")]
    [InlineData("tcpserver")]
    [InlineData("careless")]
    public void No_mark_lies_on_another_nor_under_the_arrow_of_a_fork(string server)
    {
        XElement picture = Picture(recordings[server]);
        IReadOnlyList<Extent> marks = [.. WithClass(picture, "mark").Where(mark => mark.Name.LocalName == "g").Select(Extent.Of)];
        Assert.NotEmpty(marks);
        foreach (IGrouping<double, Extent> row in marks.GroupBy(mark => mark.Y))
        {
            List<Extent> sorted = [.. row.OrderBy(mark => mark.Left)];
            Assert.All(sorted.Zip(sorted.Skip(1)), pair =>
                Assert.True(pair.First.Right <= pair.Second.Left, $"{pair.First} / {pair.Second}"));
        }

        foreach (XElement arrow in WithClass(picture, "arrow"))
        {
            (double x, double from, double to) = (Number(arrow, "x1"), Number(arrow, "y1"), Number(arrow, "y2"));
            Assert.DoesNotContain(marks, mark => mark.Y > from + 1 && mark.Y < to && mark.Left < x && mark.Right > x);
        }
    }

    [Fact]
    public void What_happens_later_stands_further_to_the_right()
    {
        IReadOnlyList<(double Time, double X)> marks =
            [.. WithClass(Picture(recordings["echo-server"]), "mark")
                .Select(mark => (Number(mark, "data-t"), Number(mark, "data-x"))).OrderBy(mark => mark.Item1)];
        Assert.All(marks.Zip(marks.Skip(1)), pair =>
            Assert.True(pair.First.Time == pair.Second.Time || pair.First.X <= pair.Second.X, $"{pair}"));
    }

    [Fact]
    public void A_mark_tells_the_call_as_strace_printed_it()
    {
        HashSet<string> lines = [.. recordings["echo-server"].Log.Split('\n')];
        IEnumerable<string> told = WithClass(Picture(recordings["echo-server"]), "mark")
            .SelectMany(mark => Title(mark).Split('\n'));
        Assert.All(told, line => Assert.Contains(line, lines));
        Assert.Equal(3, told.Count(line => line.Contains(" clone(", default)));
    }

    [Fact]
    public void Zombies_are_striped_from_the_end_to_the_wait()
    {
        History history = recordings["echo-server"].History;
        XElement picture = Picture(recordings["echo-server"]);
        IReadOnlyList<XElement> zombies = [.. WithClass(picture, "zombie").Where(one => one.Attribute("data-x") is not null)];
        Assert.Equal(3, zombies.Count);
        IEnumerable<double> ends = history.Processes.Where(process => process.Parent is not null)
            .Select(process => Math.Round(history.SecondsAt(process.End!.Value), 6));
        Assert.Equal(ends.Order(), zombies.Select(zombie => Number(zombie, "data-t")).Order());
        Assert.All(zombies, zombie =>
        {
            Assert.True(Number(zombie, "data-x2") > Number(zombie, "data-x"), $"{zombie}");
            Assert.Equal(Number(zombie, "data-x2") - Number(zombie, "data-x"), Number(zombie, "width"), 0.1);
        });
        IEnumerable<string> waits = WithClass(picture, "wait").Where(wait => wait.Descendants().Any(text => text.Value == "wait"))
            .Select(wait => wait.Attribute("data-x")!.Value);
        Assert.Equal(waits.Order(), zombies.Select(zombie => zombie.Attribute("data-x2")!.Value).Order());
    }

    [Fact]
    public void What_is_wrong_is_marked_and_written_below()
    {
        ServerRecording careless = recordings["careless"];
        XElement picture = Picture(careless);
        Assert.Equal(9, WithClass(picture, "bar").Count(bar => HasClass(bar, "bad")));
        Assert.Equal(2, WithClass(picture, "zombie").Count(zombie => HasClass(zombie, "bad")));
        Assert.Equal(1, WithClass(picture, "signal").Count(signal => HasClass(signal, "bad")));
        Assert.All(careless.Findings, finding => Assert.Contains("! " + finding.Text, Words(picture), default));
        Assert.Empty(WithClass(Picture(recordings["echo-server"]), "bad"));
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("tcpserver")]
    public void What_clients_send_is_text_and_nothing_else(string server)
    {
        string svg = TimelinePicture.Draw(recordings[server].History, recordings[server].Findings);
        Assert.Contains("&lt;/title&gt;&lt;script&gt;hacked=1", svg, default);
        IEnumerable<string> known = ["title", "style", "defs", "pattern", "g", "rect", "line", "circle", "path", "text"];
        Assert.Equal([], XElement.Parse(svg).Descendants().Select(one => one.Name.LocalName).Except(known));
        Assert.DoesNotMatch(@"\son\w+=|href|@import|url\((?!#zombie\))", svg.Replace("onerror=hacked", "", default));
    }

    [Fact]
    public void Characters_that_no_xml_may_have_are_replaced()
    {
        History history = TestLog.Replay("1 socket(AF_INET, SOCK_STREAM, 0) = 3", "1 listen(3, 5) = 0",
            "1 write(3, \"a\0\u0001\u001b\uFFFF\ud800\", 6) = 6");
        string svg = TimelinePicture.Draw(history, Diagnosis.Of(history));
        Assert.Contains("\"a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\"", Words(XElement.Parse(svg)), default);
    }

    [Fact]
    public void Right_after_a_fork_two_descriptors_lead_to_each_of_two_sockets_and_after_the_closes_one()
    {
        History history = recordings["echo-server"].History;
        Step fork = history.Steps.First(step => step.Kind == StepKind.Fork);
        Assert.Equal(["2 descriptors lead here", "2 descriptors lead here"], Counts(fork.At));

        // Parent and child close in an order that is up to the kernel.
        Step closed = history.Steps.SkipWhile(step => step != fork).Where(step => step.Kind == StepKind.Close).ElementAt(1);
        Assert.Equal(["one descriptor leads here", "one descriptor leads here"], Counts(closed.At));

        IEnumerable<string> Counts(Moment moment) => XElement.Parse(StillPicture.Draw(history, history.SecondsAt(moment)))
            .Descendants().Where(one => one.Name.LocalName == "text" && one.Value.EndsWith(" here", default))
                .Select(one => one.Value);
    }

    [Fact]
    public void A_still_picture_has_each_descriptor_of_each_process_and_an_arrow_for_each_that_leads_to_a_socket()
    {
        ServerRecording recording = recordings["careless"];
        double seconds = recording.History.SecondsAt(recording.History.Steps.Last(step => step.Kind == StepKind.Write).At);
        XElement picture = XElement.Parse(StillPicture.Draw(recording.History, seconds));

        // Three children with 4, 5 and 6 descriptors to sockets between them and the parent: 2 + 3 + 4, and the parent's 4.
        Assert.Equal(13, WithClass(picture, "link").Count());
        Assert.Equal(4, WithClass(picture, "kernel").Count());
        Assert.Equal(4, WithClass(picture, "box").Count(box => !HasClass(box, "kernel")));
        Assert.Contains("4 descriptors lead here", Words(picture), default);
    }

    [Fact]
    public void A_still_picture_shows_zombies()
    {
        History history = recordings["careless"].History;
        double seconds = history.SecondsAt(history.Steps.First(step => step is { Kind: StepKind.Signal, Detail: "SIGCHLD" }).At);
        XElement picture = XElement.Parse(StillPicture.Draw(history, seconds));
        Assert.Equal(3, WithClass(picture, "dead").Count());
        Assert.Contains("zombie, exited with 0", Words(picture), default);
    }

    private static XElement Picture(ServerRecording recording) =>
        XElement.Parse(TimelinePicture.Draw(recording.History, recording.Findings));

    private static string Words(XElement picture) =>
        string.Join(' ', picture.Descendants().Where(one => !one.HasElements).Select(one => one.Value));

    private static string Title(XElement mark) => mark.Elements().Single(one => one.Name.LocalName == "title").Value;

    private static IEnumerable<XElement> WithClass(XElement picture, string name) => picture.Descendants()
        .Where(one => HasClass(one, name));

    private static bool HasClass(XElement element, string name) =>
        element.Attribute("class")?.Value.Split(' ').Contains(name, StringComparer.Ordinal) == true;

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"translate\(([-.\d]+),([-.\d]+)\)")]
    private static partial Regex Translation();

    /// <summary>What a mark takes up of its row.</summary>
    private sealed record Extent(double Left, double Right, double Y, string Word)
    {
        public static Extent Of(XElement mark)
        {
            Match place = Translation().Match(mark.Attribute("transform")!.Value);
            double x = double.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture);
            double y = double.Parse(place.Groups[2].Value, CultureInfo.InvariantCulture);
            XElement form = mark.Elements().First(one => one.Name.LocalName is "rect" or "circle");
            (double left, double right) = form.Name.LocalName == "rect"
                ? (Number(form, "x"), Number(form, "x") + Number(form, "width"))
                : (Number(form, "cx") - Number(form, "r"), Number(form, "cx") + Number(form, "r"));
            return new Extent(x + left, x + right, y, mark.Attribute("aria-label")!.Value);
        }
    }
}
