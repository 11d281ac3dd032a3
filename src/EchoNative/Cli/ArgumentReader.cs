using System;
using System.Collections.Generic;
using System.Globalization;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>
/// Reads arguments one by one, like getopt_long(3): options and operands in any order,
/// <c>--name VALUE</c> or <c>--name=VALUE</c>, and only operands after <c>--</c>.
/// </summary>
/// <param name="arguments">The arguments after the name of the command.</param>
/// <param name="options">All options of the command.</param>
internal sealed class ArgumentReader(IReadOnlyList<string> arguments, IReadOnlyList<OptionDescription> options)
{
    // More than anybody needs. Each argument costs memory while the command line is read.
    private const int MostArguments = 10_000;

    private int _next;
    private bool _operandsOnly;

    /// <summary>The name of the option that was read, with its dashes; null for an operand.</summary>
    public string? Option { get; private set; }

    /// <summary>The operand, or the value of the option; empty for an option without a value.</summary>
    public string Value { get; private set; } = "";

    /// <summary>Whether the argument is an option whose value is the next argument.</summary>
    /// <param name="argument">An argument that is not itself a value.</param>
    /// <param name="options">All options of the command.</param>
    public static bool IsFollowedByValue(string argument, IReadOnlyList<OptionDescription> options) =>
        Find(options, argument) is { TakesValue: true };

    /// <summary>Reads the next operand, or the next option together with its value.</summary>
    /// <returns>False at the end of the arguments.</returns>
    /// <exception cref="UsageException">
    /// There are too many arguments, the option is unknown, its value is missing, or it has a value and takes none.
    /// </exception>
    public bool TryRead()
    {
        if (arguments.Count > MostArguments)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"{arguments.Count} arguments are too many: {MostArguments} at the most"));
        }

        if (!_operandsOnly && _next < arguments.Count && arguments[_next] == "--")
        {
            _operandsOnly = true;
            _next++;
        }

        if (_next == arguments.Count)
        {
            return false;
        }

        string argument = arguments[_next++];
        if (_operandsOnly || !LooksLikeOption(argument))
        {
            Option = null;
            Value = argument;
        }
        else
        {
            ReadOption(argument);
        }

        return true;
    }

    // "-" is an operand by convention. "-1" is an operand too, a negative number, unless an option has that name (as "-4" has).
    private bool LooksLikeOption(string argument) =>
        argument.Length > 1 && argument[0] == '-' && (!char.IsAsciiDigit(argument[1]) || Find(options, argument) is not null);

    private void ReadOption(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument : argument[..equals];
        OptionDescription option = Find(options, name) ?? throw new UsageException($"unknown option '{name}'");
        Option = option.Name;
        if (!option.TakesValue)
        {
            Value = equals < 0 ? "" : throw new UsageException($"option '{name}' takes no value");
        }
        else if (equals >= 0)
        {
            Value = argument[(equals + 1)..];
        }
        else
        {
            Value = _next < arguments.Count
                ? arguments[_next++]
                : throw new UsageException($"option '{name}' needs a value: {option.ValueName}");
        }
    }

    private static OptionDescription? Find(IReadOnlyList<OptionDescription> options, string name)
    {
        foreach (OptionDescription option in options)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        return null;
    }
}
