using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>
/// What the program uses of Tmds.LibC, read from the compiled assembly: nothing that is used can be
/// forgotten.
/// </summary>
internal static class UsedLibC
{
    private const string Getter = "get_";

    static UsedLibC()
    {
        using PEReader file = new(File.OpenRead(typeof(FileDescriptor).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        Types =
        [
            .. metadata.TypeReferences.Select(metadata.GetTypeReference)
                .Where(type => metadata.GetString(type.Namespace) == typeof(LibC).Namespace)
                .Select(type => typeof(LibC).Assembly.GetType($"{typeof(LibC).Namespace}.{metadata.GetString(type.Name)}", throwOnError: true)!)
                .Where(type => type != typeof(LibC)),
        ];
        string[] members =
        [
            .. metadata.MemberReferences.Select(metadata.GetMemberReference)
                .Where(member => member.Parent.Kind == HandleKind.TypeReference
                    && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(LibC))
                .Select(member => metadata.GetString(member.Name))
                .Distinct(),
        ];
        Constants = [.. members.Where(IsGetter).Select(name => typeof(LibC).GetProperty(name[Getter.Length..])!)];
        Functions = [.. typeof(LibC).GetMethods().Where(method => members.Contains(method.Name) && !IsGetter(method.Name))];
    }

    public static IReadOnlyList<Type> Types { get; }

    public static IReadOnlyList<PropertyInfo> Constants { get; }

    /// <summary>Functions and macros that are like functions, with all their overloads.</summary>
    public static IReadOnlyList<MethodInfo> Functions { get; }

    private static bool IsGetter(string name) => name.StartsWith(Getter, StringComparison.Ordinal);
}
