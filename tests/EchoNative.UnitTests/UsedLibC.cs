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
/// The members of Tmds.LibC that the program uses. They are read from the compiled assembly, so none is missing.
/// </summary>
internal sealed class UsedLibC
{
    private const string Getter = "get_";

    /// <summary>Finds them.</summary>
    /// <param name="assembly">Tmds.LibC, of which there is one for each processor.</param>
    public UsedLibC(Assembly assembly)
    {
        Type functions = assembly.GetType(typeof(LibC).FullName!, throwOnError: true)!;
        using PEReader file = new(File.OpenRead(typeof(FileDescriptor).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        Types =
        [
            .. metadata.TypeReferences.Select(metadata.GetTypeReference)
                .Where(type => metadata.GetString(type.Namespace) == typeof(LibC).Namespace)
                .Select(type => $"{typeof(LibC).Namespace}.{metadata.GetString(type.Name)}")
                .Select(name => assembly.GetType(name, throwOnError: true)!)
                .Where(type => type != functions),
        ];
        string[] members =
        [
            .. metadata.MemberReferences.Select(metadata.GetMemberReference)
                .Where(member => member.Parent.Kind == HandleKind.TypeReference
                    && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(LibC))
                .Select(member => metadata.GetString(member.Name))
                .Distinct(),
        ];
        Constants = [.. members.Where(IsGetter).Select(name => functions.GetProperty(name[Getter.Length..])!)];
        Functions = [.. functions.GetMethods().Where(method => members.Contains(method.Name) && !IsGetter(method.Name))];
    }

    public IReadOnlyList<Type> Types { get; }

    public IReadOnlyList<PropertyInfo> Constants { get; }

    /// <summary>Functions and function-like macros, with all overloads.</summary>
    public IReadOnlyList<MethodInfo> Functions { get; }

    private static bool IsGetter(string name) => name.StartsWith(Getter, StringComparison.Ordinal);
}
