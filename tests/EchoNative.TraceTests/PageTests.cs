using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Linq;
using EchoNative.Testing;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Model;
using EchoNative.Trace.Page;
using OpenQA.Selenium;
using OpenQA.Selenium.Interactions;

namespace EchoNative.TraceTests;

/// <summary>The HTML file in a browser: it is opened, clicked through, zoomed and steered by the keyboard.</summary>
[Collection(nameof(RecordingsCollection))]
public sealed class PageTests : IClassFixture<Browser>, IDisposable
{
    private readonly Browser _browser;
    private readonly Recordings _recordings;

    public PageTests(Browser browser, Recordings recordings)
    {
        _browser = browser;
        _recordings = recordings;
        Open("echo-server");
    }

    private ServerRecording Recording => _recordings["echo-server"];

    private string Shown => (string)_browser.Ask("document.getElementById('lines').textContent")!;

    private double Width => _browser.AskNumber("document.querySelector('.plot').getBoundingClientRect().width");

    private double Scroll => _browser.AskNumber("document.getElementById('scroller').scrollLeft");

    // No test may make the page write a warning or an error to the console.
    public void Dispose() => Assert.Equal([], _browser.TakeConsole());

    [Fact]
    public void It_opens_and_says_what_it_is_about()
    {
        Assert.Equal("Processes and descriptors of echo-server", _browser.Driver.Title);
        string text = _browser.Driver.FindElement(By.TagName("body")).Text;
        Assert.Contains(Overview.Of(Recording.History), text, default);
        Assert.Contains("nothing wrong was found", text, default);
        Assert.All(Recording.History.DrawnFiles, file => Assert.Contains(file.Description, text, default));
    }

    [Fact]
    public void It_loads_nothing_and_may_load_nothing()
    {
        Assert.Equal(0, _browser.AskNumber("performance.getEntriesByType('resource').length"));
        string html = File.ReadAllText(Recording.Page);
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", default).Replace("http://www.w3.org/2000/svg", "", default),
            default);

        // The browser runs no script that the policy does not name, even if markup got into the page.
        _ = _browser.Driver.ExecuteScript(
            "const script = document.createElement('script'); script.textContent = 'hacked = 1'; document.body.append(script);");
        Assert.Equal("undefined", _browser.Ask("typeof hacked"));
        Assert.Contains("Content Security Policy", Assert.Single(_browser.TakeConsole()), default);
    }

    [Fact]
    public void A_click_on_a_mark_shows_the_call_as_strace_printed_it()
    {
        HashSet<string> lines = [.. Recording.Log.Split('\n')];
        ReadOnlyCollection<IWebElement> marks = _browser.Driver.FindElements(By.CssSelector("g.mark"));
        foreach (IWebElement mark in marks)
        {
            _browser.Driver.ExecuteScript("arguments[0].scrollIntoView({ block: 'center', inline: 'center' })", mark);
            new Actions(_browser.Driver).MoveToElement(mark).Click().Perform();
            Assert.Equal(Title(mark), Shown);
            Assert.All(Shown.Split('\n'), line => Assert.Contains(line, lines));
            Assert.Equal(mark, _browser.Driver.SwitchTo().ActiveElement());
        }

        Assert.Equal(Recording.History.Steps.Count(step => step.On is null || step.On.File.Number > 0), marks.Count);
    }

    [Fact]
    public void A_pointer_on_a_mark_is_enough()
    {
        IWebElement fork = _browser.Driver.FindElement(By.CssSelector("g.fork"));
        new Actions(_browser.Driver).MoveToElement(fork).Perform();
        Assert.Contains(" clone(", Shown, default);
        Assert.Equal(Recording.History.Steps.First(step => step.Kind == StepKind.Fork).Source.Text, Shown);
    }

    [Fact]
    public void A_pointer_on_a_bar_shows_its_socket_in_all_processes()
    {
        IWebElement bar = _browser.Driver.FindElement(By.CssSelector(".bar[data-file='2']"));
        new Actions(_browser.Driver).MoveToElement(bar).Perform();
        Assert.Equal(2, _browser.AskNumber("document.querySelectorAll('.bar.chosen').length"));
        Assert.Equal(2, _browser.AskNumber("document.querySelectorAll('.bar.c2').length"));
        Assert.Contains("to socket 2 (connected socket 127.0.0.1:", Shown, default);
    }

    [Fact]
    public void The_arrow_keys_go_through_all_marks_in_the_order_of_time()
    {
        List<string> steps = [.. Recording.History.Steps.Where(step => step.On is null || step.On.File.Number > 0)
            .Select(step => step.Source.Text)];
        Focus();
        List<string> visited = [];
        foreach (string _ in steps)
        {
            _browser.Press(Keys.ArrowRight);
            visited.Add(Shown);
        }

        Assert.Equal(steps, visited);
        _browser.Press(Keys.ArrowRight);
        Assert.Equal(steps[^1], Shown);
        _browser.Press(Keys.ArrowLeft);
        Assert.Equal(steps[^2], Shown);
        _browser.Press(Keys.Home);
        Assert.Equal(steps[0], Shown);
        _browser.Press(Keys.End);
        Assert.Equal(steps[^1], Shown);
    }

    [Fact]
    public void The_mark_under_the_keyboard_is_in_view()
    {
        Focus();
        _browser.Press("++++");
        _browser.Press(Keys.End);
        Assert.True(Scroll > 0);
        double x = _browser.AskNumber("document.activeElement.getBoundingClientRect().left");
        Assert.InRange(x, 0, _browser.AskNumber("innerWidth"));
    }

    [Fact]
    public void Up_and_down_change_the_row()
    {
        Focus();
        _browser.Press(Keys.Home);
        Assert.Contains(" execve(", Shown, default);
        _browser.Press(Keys.ArrowDown);
        Assert.Contains(" socket(", Shown, default);
        _browser.Press(Keys.ArrowUp);
        Assert.Equal(
            _browser.Ask("document.querySelector('g.exec').dataset.row"), _browser.Ask("document.activeElement.dataset.row"));
    }

    [Theory]
    [InlineData("+", 1.25)]
    [InlineData("-", 0.8)]
    [InlineData("++", 1.5625)]
    public void Keys_zoom_the_picture_and_leave_the_words_as_large_as_they_are(string keys, double factor)
    {
        double width = Width;
        double word = WordWidth();
        Focus();
        _browser.Press(keys);
        Assert.Equal(width * factor, Width, tolerance: 1);
        Assert.Equal(word, WordWidth(), tolerance: 0.01);

        double WordWidth() => _browser.AskNumber("document.querySelector('g.fork .frame').getBoundingClientRect().width");
    }

    [Fact]
    public void Buttons_zoom_too_and_say_how_far()
    {
        double width = Width;
        _browser.Driver.FindElement(By.Id("in")).Click();
        Assert.Equal("125%", _browser.Driver.FindElement(By.Id("zoom")).Text);
        Assert.Equal(width * 1.25, Width, tolerance: 1);
        _browser.Driver.FindElement(By.Id("out")).Click();
        Assert.Equal(width, Width, tolerance: 1);
        _browser.Driver.FindElement(By.Id("fit")).Click();
        Assert.True(_browser.AskNumber("scroller.scrollWidth - scroller.clientWidth") <= 1, "all is to be seen at once");
    }

    [Fact]
    public void The_wheel_zooms_and_what_is_under_the_pointer_stays_there()
    {
        double width = Width;
        IWebElement mark = _browser.Driver.FindElements(By.CssSelector("g.fork"))[^1];
        double before = Middle(mark);
        new Actions(_browser.Driver).ScrollFromOrigin(new WheelInputDevice.ScrollOrigin { Element = mark }, 0, -200).Perform();
        Deadline.WaitUntil(() => Width > width * 1.5, "the wheel has zoomed");
        Assert.Equal(before, Middle(mark), tolerance: 2);
        new Actions(_browser.Driver).ScrollFromOrigin(new WheelInputDevice.ScrollOrigin { Element = mark }, 0, 200).Perform();
        Deadline.WaitUntil(() => Math.Abs(Width - width) < 1, "the wheel has zoomed back");

        double Middle(IWebElement element) => _browser.AskNumber(
            "(rect => rect.left + rect.width / 2)(arguments[0].querySelector('.frame').getBoundingClientRect())", element);
    }

    [Fact]
    public void True_distances_are_those_of_the_clock()
    {
        Focus();
        List<double> before = [.. PlacesOf("g.fork")];
        _browser.Press("t");
        Assert.Equal("true", _browser.Driver.FindElement(By.Id("scale")).GetAttribute("aria-pressed"));
        List<Step> forks = [.. Recording.History.Steps.Where(step => step.Kind == StepKind.Fork)];
        double end = Recording.History.SecondsAt(Recording.History.Log.Last);
        IEnumerable<double> expected = forks.Select(fork => Recording.History.SecondsAt(fork.At) / end);
        Assert.All(expected.Zip(PlacesOf("g.fork")), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.002));
        Assert.Contains(expected.Zip(before), pair => Math.Abs(pair.First - pair.Second) > 0.02);
        _browser.Press("t");
        Assert.Equal(before, PlacesOf("g.fork"));
    }

    [Fact]
    public void The_names_stay_when_the_picture_moves()
    {
        _browser.Driver.ExecuteScript("scroller.scrollLeft = 300");
        double names = _browser.AskNumber("document.querySelector('.names').getBoundingClientRect().left");
        double left = _browser.AskNumber("scroller.getBoundingClientRect().left");
        Assert.Equal(0, names - left, tolerance: 12);
    }

    [Fact]
    public void Everything_is_reached_by_the_tab_key()
    {
        List<string> reached = [];
        for (int count = 0; count < 12; count++)
        {
            _browser.Press(Keys.Tab);
            reached.Add((string)_browser.Ask("document.activeElement.id || document.activeElement.tagName")!);
        }

        Assert.Equal(["out", "in", "fit", "scale", "scroller"], reached.Take(5));
    }

    [Theory]
    [InlineData("dark", true)]
    [InlineData("light", false)]
    public void It_follows_the_readers_scheme(string scheme, bool isDark)
    {
        _ = _browser.Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["features"] = new[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = scheme } },
        });
        double page = Brightness("getComputedStyle(document.body).backgroundColor");
        double text = Brightness("getComputedStyle(document.body).color");
        double word = Brightness("getComputedStyle(document.querySelector('.word')).fill");
        double frame = Brightness("getComputedStyle(document.querySelector('.frame')).fill");
        Assert.Equal(isDark, page < text);
        Assert.Equal(isDark, frame < word);
        Assert.True(Math.Abs(page - text) > 400 && Math.Abs(frame - word) > 400);
    }

    [Fact]
    public void A_finding_leads_to_its_place()
    {
        Open("careless");
        ReadOnlyCollection<IWebElement> findings = _browser.Driver.FindElements(By.CssSelector(".findings button"));
        Assert.Equal(_recordings["careless"].Findings.Select(finding => finding.Text), findings.Select(finding => finding.Text));
        foreach (IWebElement finding in findings.Where(one => !one.Text.Contains("merged", default)))
        {
            finding.SendKeys(Keys.Enter);
            Assert.StartsWith(finding.Text, Shown, default);
            Assert.Equal("true", _browser.Ask("String(document.activeElement.classList.contains('bad'))"));
        }

        findings[^1].SendKeys(Keys.Enter);
        Assert.Contains("--- SIGCHLD ", Shown, default);
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("tcpserver")]
    [InlineData("careless")]
    public void What_clients_send_stays_text(string server)
    {
        Open(server);
        Assert.Equal("undefined", _browser.Ask("typeof hacked"));
        Assert.Equal(1, _browser.AskNumber("document.scripts.length"));
        Assert.Equal(0, _browser.AskNumber("document.images.length"));
        Step read = _recordings[server].History.Steps.First(step => step.Source.Text.Contains("<script>", default));
        string title = $"document.getElementById('line{read.At.Line}').querySelector('title').textContent";
        Assert.Equal(read.Source.Text, _browser.Ask(title));
    }

    [Fact]
    public void Lines_that_were_not_understood_are_shown_as_text()
    {
        const string First = "<img src=x onerror=hacked=1>\n";
        const string Last = "{{ title }}</details><script>hacked=1</script>\n";
        History history = Replay.Run(TestLog.Read(First + Recording.Log + Last));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.html");
        File.WriteAllText(file, TracePage.Write(history, Diagnosis.Of(history)));
        _browser.Open(file);
        File.Delete(file);
        Assert.Equal("undefined", _browser.Ask("typeof hacked"));
        Assert.Equal("2 lines of the log were not understood", _browser.Driver.FindElement(By.TagName("summary")).Text);
        Assert.Equal(
            "<img src=x onerror=hacked=1>|{{ title }}</details><script>hacked=1</script>",
            _browser.Ask("Array.from(document.querySelectorAll('.unknown code')).map(code => code.textContent).join('|')"));
    }

    private void Open(string server) => _browser.Open(_recordings[server].Page);

    private void Focus() => _ = _browser.Driver.ExecuteScript("document.getElementById('scroller').focus()");

    private static string Title(IWebElement mark) => mark.FindElement(By.TagName("title")).GetDomProperty("textContent")!;

    private IEnumerable<double> PlacesOf(string marks) => ((IEnumerable<object>)_browser.Ask(
        "Array.from(document.querySelectorAll(arguments[0])).map(mark => "
            + "parseFloat(mark.getAttribute('transform').slice(10)) / document.querySelector('.plot').getAttribute('width'))",
        marks)!).Select(place => Convert.ToDouble(place, default));

    private double Brightness(string color) =>
        _browser.AskNumber($"{color}.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)");
}
