using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

public sealed class ManualPageTests
{
    private static readonly string[] s_sections =
    [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SIGNALS", "AT THE LIMIT", "LOG FORMAT", "ENVIRONMENT", "FILES",
        "EXIT STATUS", "EXAMPLES", "SEE ALSO", "CAVEATS",
    ];

    public static TheoryData<string> Programs => [.. HelpText.Programs];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Mandoc_finds_nothing_wrong_with_a_page(string program)
    {
        // The pages that it refers to may be missing on this machine.
        string[] findings =
        [
            .. ToolRun.Run("mandoc", "-T", "lint", "-W", "all", ManualPage.PathOf(program)).Output.Split('\n')
                .Where(line => line.Length > 0 && !line.Contains("STYLE: referenced manual not found", StringComparison.Ordinal)),
        ];
        Assert.Empty(findings);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_page_has_all_its_sections(string program)
    {
        // The first line is the header of the page, the last line its footer.
        string[] sections = [.. new ManualPage(program).Sections.Skip(1).SkipLast(1)];
        string[] ofTheServerOnly = ["ENVIRONMENT", "FILES"];
        string[] ofProgramsOnly = ["SIGNALS", "AT THE LIMIT", "LOG FORMAT", "CAVEATS"];
        IEnumerable<string> expected = program switch
        {
            "echo-server" => s_sections,
            "echo-native" => s_sections.Except(ofTheServerOnly).Except(ofProgramsOnly),
            _ => s_sections.Except(ofTheServerOnly),
        };
        Assert.Equal(expected, sections);
    }

    [Fact]
    public void A_page_of_this_package_that_another_refers_to_exists()
    {
        foreach (string program in HelpText.Programs)
        {
            string source = File.ReadAllText(ManualPage.PathOf(program));
            string[] missing = [.. Regex.Matches(source, @"^\.Xr (echo-\S+) 1", RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value).Where(name => !File.Exists(ManualPage.PathOf(name)))];
            Assert.Empty(missing);
        }
    }

    [Theory]
    [InlineData("echo-client")]
    [InlineData("echo-bench")]
    [InlineData("echo-server")]
    public void An_example_does_and_shows_what_the_page_says(string program)
    {
        // The examples expect a server on this port.
        const string Script = """
            echo-server --max-clients 0 9190 >log &
            within_time grep -q '^listening on' log
            bash -eu -o pipefail -c "$1"
            """;
        foreach (Example example in new ManualPage(program).Examples.Where(example => !example.Serves))
        {
            string shown = Sandbox.Check(Script, example.Script);
            Assert.True(example.Shown.Length == 0 || example.Shown == shown, $"{example.Script}\nshows\n{shown}");
        }
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("echo-native")]
    public void An_example_that_starts_a_server_serves_until_it_is_asked_to_stop(string program)
    {
        // The oldest process of that name is the parent: these namespaces have no other server.
        const string Script = """
            bash -eu -c "$1" >log 2>&1 &
            example=$!
            echoes() { [ "$(echo hello | echo-client --raw "$1" "$2" 2>/dev/null)" = hello ]; }
            within_time echoes "$2" "$3"
            for process in $(ls /proc | grep '^[0-9]*$' | sort -n); do
                case $(cat /proc/$process/comm 2>/dev/null) in
                    echo-server | echo-native) kill "$process"; break ;;
                esac
            done
            status=0
            wait "$example" || status=$?
            cat log
            exit "$status"
            """;
        foreach (Example example in new ManualPage(program).Examples.Where(example => example.Serves))
        {
            string port = Regex.Match(example.Script, @"\d+(?=\D*$)").Value;
            string host = example.Script.Contains("::1", StringComparison.Ordinal) ? "::1" : "127.0.0.1";
            ToolRun ended = Sandbox.Run(Script, example.Script, host, port);
            Assert.True(ended.ExitStatus == 0, $"{example.Script}\n{ended.Transcript}");
        }
    }

    [Fact]
    public void The_page_of_the_server_has_every_word_of_its_log()
    {
        // The words before the first value: a reader of the log searches for them.
        string page = new ManualPage("echo-server").Text;
        string words = File.ReadAllText(Path.Combine(Binary.Root, "src/EchoNative/Log/Events.cs"));
        string[] beginnings =
        [
            .. Regex.Matches(words, "\"([a-z][a-z -]*(?:\\.\\.\\.|\\(\\) error|on|id:)) ?\"u8")
                .Select(match => match.Groups[1].Value),
        ];
        Assert.True(beginnings.Length > 5, string.Join(", ", beginnings));
        Assert.All(beginnings, beginning => Assert.Contains(beginning, page, StringComparison.Ordinal));

        string schema = File.ReadAllText(Path.Combine(Binary.Root, "docs/log-schema.json"));
        string[] events =
        [
            .. Regex.Matches(schema, @"""event"":\s*\{\s*""const"": ""(\w+)""").Select(match => match.Groups[1].Value),
        ];
        Assert.True(events.Length > 5, string.Join(", ", events));
        Assert.All(events, name => Assert.Matches($@"\b{name}\b", page));
    }
}
