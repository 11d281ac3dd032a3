using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>A processor that the program is built for: its C compiler, and the C# declarations for it.</summary>
public sealed class Target
{
    private Target(Architecture architecture, CProgram c, Assembly posix, Assembly tmds)
    {
        Architecture = architecture;
        C = c;
        Own = posix.GetType(typeof(Libc).FullName!, throwOnError: true)!;
        Tmds = tmds.GetType(typeof(LibC).FullName!, throwOnError: true)!;
        Used = new UsedLibC(tmds);
    }

    /// <summary>This machine.</summary>
    public static Target Here =>
        new(RuntimeInformation.ProcessArchitecture, CProgram.Here, typeof(Libc).Assembly, typeof(LibC).Assembly);

    /// <summary>
    /// arm64, on any machine. Our declarations are the same as here; those of Tmds.LibC are in another assembly. Both
    /// assemblies are loaded a second time, beside those of this machine. Their layouts here are those on arm64, because
    /// the runtime lays structs out by the sizes of their fields, which are the same on both processors.
    /// </summary>
    public static Target Arm64
    {
        get
        {
            Arm64Assemblies assemblies = new();
            Assembly posix = assemblies.LoadFromAssemblyName(typeof(Libc).Assembly.GetName());
            return new(Architecture.Arm64, CProgram.Arm64, posix, assemblies.Tmds);
        }
    }

    /// <summary>The processor.</summary>
    public Architecture Architecture { get; }

    /// <summary>Its compiler.</summary>
    public CProgram C { get; }

    /// <summary>The class that holds what Libc/ declares.</summary>
    internal Type Own { get; }

    /// <summary>The class of Tmds.LibC.</summary>
    internal Type Tmds { get; }

    /// <summary>What the program uses of Tmds.LibC.</summary>
    internal UsedLibC Used { get; }

    private sealed class Arm64Assemblies : AssemblyLoadContext
    {
        public Assembly Tmds =>
            LoadFromAssemblyPath(
                Path.Combine(AppContext.BaseDirectory, "runtimes/linux-arm64/lib/netstandard2.0/Tmds.LibC.dll"));

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(LibC).Assembly.GetName().Name ? Tmds
            : assemblyName.Name == typeof(Libc).Assembly.GetName().Name ? LoadFromAssemblyPath(typeof(Libc).Assembly.Location)
            : null;
    }
}
