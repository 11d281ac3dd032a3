using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using EchoNative.ProcessTests.Contract;
using EchoNative.Testing;

namespace EchoNative.Arm64Tests;

/// <summary>The list of tests that are left out where an emulator runs the program: tests/arm64-not-shown.</summary>
public sealed class NotShownTests
{
    private static readonly string[] s_lines =
        [.. File.ReadLines(Path.Combine(Binary.Root, "tests/arm64-not-shown")).Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void Each_entry_is_a_test_that_exists_and_has_a_reason()
    {
        HashSet<string> tests =
        [
            .. typeof(ServerContract).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract)
                .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute)))
                    .Select(method => $"{type.Name}.{method.Name}")),
        ];
        Assert.NotEmpty(s_lines);
        Assert.All(s_lines, line =>
        {
            string[] columns = line.Split('\t');
            Assert.Equal(2, columns.Length);
            Assert.Contains(tests, test => columns[0].EndsWith('*')
                ? test.StartsWith(columns[0][..^1], StringComparison.Ordinal)
                : test == columns[0]);
            Assert.NotEqual("", columns[1].Trim());
        });
    }

    [Fact]
    public void No_entry_stands_twice() =>
        Assert.Equal(s_lines.Length, s_lines.Select(line => line.Split('\t')[0]).Distinct().Count());
}
