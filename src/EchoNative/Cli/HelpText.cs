using System;

namespace EchoNative.Cli;

/// <summary>Tells what a command does, or what one of its options does and its default.</summary>
/// <param name="option">The option's name, or null for the command.</param>
/// <returns>
/// The words in UTF-8. They are not strings, since those lie in memory that is written at each start, and help is
/// asked for by few.
/// </returns>
internal delegate ReadOnlySpan<byte> HelpText(string? option);
