using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;
using k8s;
using k8s.Models;

namespace EchoNative.PlatformTests.Kubernetes;

/// <summary>The objects of deploy/kubernetes/, as kubectl(1) sends them to a cluster.</summary>
internal static class Manifests
{
    /// <summary>The folder.</summary>
    public static string Folder { get; } = Path.Combine(Binary.Root, "deploy/kubernetes");

    /// <summary>All objects as YAML. No cluster is asked.</summary>
    public static string Text { get; } = ToolRun.Check("kubectl", "kustomize", Folder);

    /// <summary>The objects as the API's types. Unknown fields and values of another type are errors.</summary>
    public static IReadOnlyList<object> Objects { get; } = KubernetesYaml.LoadAllFromString(Text, typeMap: null, strict: true);

    /// <summary>The servers.</summary>
    public static V1Deployment Deployment => Objects.OfType<V1Deployment>().Single();

    /// <summary>The address of the servers.</summary>
    public static V1Service Service => Objects.OfType<V1Service>().Single();

    /// <summary>The load.</summary>
    public static V1Job Job => Objects.OfType<V1Job>().Single();

    /// <summary>The server in its pod.</summary>
    public static V1Container Server => Deployment.Spec.Template.Spec.Containers.Single();

    /// <summary>The load generator in its pod.</summary>
    public static V1Container Bench => Job.Spec.Template.Spec.Containers.Single();
}
