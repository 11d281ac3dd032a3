using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>The lists of tests of this suite that are left out where an emulator runs the program.</summary>
public sealed class NotShownTests
{
    public static TheoryData<string> Lists => ["tests/arm64-not-shown", "tests/windows-not-shown"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Each_entry_is_a_test_that_exists_and_has_a_reason(string list)
    {
        HashSet<string> tests =
        [
            .. typeof(NotShownTests).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract)
                .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute)))
                    .Select(method => $"{type.Name}.{method.Name}")),
        ];
        string[] lines = Read(list);
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            string[] columns = line.Split('\t');
            Assert.Equal(2, columns.Length);
            Assert.Contains(tests, test => columns[0].EndsWith('*')
                ? test.StartsWith(columns[0][..^1], StringComparison.Ordinal)
                : test == columns[0]);
            Assert.NotEqual("", columns[1].Trim());
        });
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void No_entry_stands_twice(string list)
    {
        string[] lines = Read(list);
        Assert.Equal(lines.Length, lines.Select(line => line.Split('\t')[0]).Distinct().Count());
    }

    private static string[] Read(string list) =>
        [.. File.ReadLines(Path.Combine(Binary.Root, list)).Where(line => line.Length > 0 && line[0] != '#')];
}
