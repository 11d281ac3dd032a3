using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;
using k8s.Models;

namespace EchoNative.PlatformTests.Kubernetes;

/// <summary>The objects of deploy/kubernetes/ against the schema of the API, without a cluster.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void Fields_and_their_types_are_those_of_the_API()
    {
        Assert.Equal(
            [nameof(V1Service), nameof(V1Deployment), nameof(V1Job)], Manifests.Objects.Select(one => one.GetType().Name));
    }

    /// <summary>kubernetes-models has the schema that the API server checks, with the fields that must be there.</summary>
    [Fact]
    public void Required_fields_are_there()
    {
        using ScratchFolder scratch = new();
        File.WriteAllText(scratch["all.yaml"], Manifests.Text);
        string modules = Path.Combine(Binary.Root, "artifacts/platforms/kubernetes/node_modules");
        string script = Path.Combine(Binary.Root, "tests/EchoNative.PlatformTests/Kubernetes/check-manifest.cjs");
        string said = ToolRun.Check("env", $"NODE_PATH={modules}", "node", script, scratch["all.yaml"]);
        Assert.Equal("Service\nDeployment\nJob\n", said);
    }

    [Fact]
    public void Kustomization_has_all_files_of_the_folder()
    {
        string kustomization = Path.Combine(Manifests.Folder, "kustomization.yaml");
        IEnumerable<string> listed = File.ReadLines(kustomization)
            .Where(line => line.EndsWith(".yaml", StringComparison.Ordinal)).Select(line => line[4..]);
        IEnumerable<string> files = Directory.GetFiles(Manifests.Folder).Where(path => path != kustomization)
            .Select(path => Path.GetFileName(path));
        Assert.Equal(files.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>The rules of the pod security standard "restricted".</summary>
    [Fact]
    public void Pods_have_no_rights_and_a_limit_of_memory()
    {
        Assert.All([Manifests.Deployment.Spec.Template.Spec, Manifests.Job.Spec.Template.Spec], pod =>
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken);
            V1Container container = pod.Containers.Single();
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal(["memory"], container.Resources.Limits.Keys);
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order(StringComparer.Ordinal));
        });
    }
}
