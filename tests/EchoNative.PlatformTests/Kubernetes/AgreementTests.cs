using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using EchoNative.Testing;
using k8s.Models;

namespace EchoNative.PlatformTests.Kubernetes;

/// <summary>What deploy/kubernetes/ says of the programs and of the image is true.</summary>
public sealed class AgreementTests
{
    private static readonly string s_dockerfile = File.ReadAllText(Path.Combine(Binary.Root, "Dockerfile"));

    [Fact]
    public void Image_user_port_and_names_are_the_same_everywhere()
    {
        string port = Regex.Match(s_dockerfile, "^EXPOSE (.*)$", RegexOptions.Multiline).Groups[1].Value;
        V1ServicePort service = Manifests.Service.Spec.Ports.Single();
        V1ContainerPort container = Manifests.Server.Ports.Single();
        Assert.Equal(port, Manifests.Server.Args[0]);
        Assert.Equal(port, container.ContainerPort.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(port, service.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(container.Name, service.TargetPort.Value);
        Assert.Equal(container.Name, Manifests.Server.LivenessProbe.TcpSocket.Port.Value);
        Assert.Equal(["127.0.0.1", port], Manifests.Server.ReadinessProbe.Exec.Command.Skip(2).Take(2));
        Assert.Equal([Manifests.Service.Metadata.Name, port], Manifests.Bench.Args.Skip(1).Take(2));

        string image = Regex.Match(s_dockerfile, "docker build -t (.*) \\.$", RegexOptions.Multiline).Groups[1].Value;
        string user = Regex.Match(s_dockerfile, "^USER (.*)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.All([Manifests.Deployment.Spec.Template.Spec, Manifests.Job.Spec.Template.Spec], pod =>
        {
            Assert.Equal($"{image}:latest", pod.Containers.Single().Image);
            Assert.Equal(user, $"{pod.SecurityContext.RunAsUser}:{pod.SecurityContext.RunAsGroup}");
        });
    }

    [Fact]
    public void Selectors_select_the_pods()
    {
        V1PodTemplateSpec servers = Manifests.Deployment.Spec.Template;
        Assert.Equal(servers.Metadata.Labels, Manifests.Deployment.Spec.Selector.MatchLabels);
        Assert.Equal(servers.Metadata.Labels, Manifests.Service.Spec.Selector);
        Assert.All([servers, Manifests.Job.Spec.Template], pod => Assert.Equal(
            pod.Metadata.Labels, pod.Spec.TopologySpreadConstraints.Single().LabelSelector.MatchLabels));
    }

    [Fact]
    public void A_pod_has_longer_to_end_than_its_server_needs()
    {
        Match grace = Regex.Match(ToolRun.Check(Binary.Server, "--help"), @"--grace SECONDS .*\(default (\d+)\)");
        Assert.DoesNotContain("--grace", Manifests.Server.Args);

        // After the grace the server asks the sessions to end, and a second later it kills them.
        int needed = int.Parse(grace.Groups[1].Value, CultureInfo.InvariantCulture) + 1;
        Assert.InRange(Manifests.Deployment.Spec.Template.Spec.TerminationGracePeriodSeconds ?? 0, needed + 1, 60);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("refuse")]
    public void A_full_server_is_not_ready_but_alive(string busy)
    {
        using RunningServer server = Start("--max-clients", "1", "--busy", busy);
        Assert.True(IsReady(server.Port));

        // The place of the probe's connection must be free.
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Program.Id).Count == 0, "the server has no client");
        using (Socket client = server.Connect())
        {
            client.AssertEchoes();
            Assert.False(IsReady(server.Port));
            using Socket? liveness = Loopback.TryConnect(server.Port);
            Assert.NotNull(liveness);
        }

        Deadline.WaitUntil(() => IsReady(server.Port), "the server is ready again", () => server.Program.Transcript);
        _ = server.Stop();
        using Socket? afterwards = Loopback.TryConnect(server.Port);
        Assert.Null(afterwards);
    }

    [Fact]
    public void The_load_generator_takes_the_arguments_of_the_job()
    {
        using RunningServer server = Start();
        string[] arguments = [.. Manifests.Bench.Args];
        arguments[1] = "127.0.0.1";
        arguments[2] = server.Port.ToString(CultureInfo.InvariantCulture);
        arguments[Array.IndexOf(arguments, "--duration") + 1] = "0.1";
        Assert.Equal(["/bin/echo-bench"], Manifests.Bench.Command);
        JsonElement result = JsonDocument.Parse(ToolRun.Check(Binary.Bench, arguments)).RootElement;
        Assert.Equal(0, result.GetProperty("errors").GetInt32());
    }

    // Starts the server with the arguments of the pod, and further options, on any free port.
    private static RunningServer Start(params string[] options) => new(
        Binary.Server, [.. Manifests.Server.Args.Skip(1), .. options], """^.*"event":"listening".*:(\d+)"}$""");

    // Runs the command of the readiness probe on this port.
    private static bool IsReady(int port)
    {
        string[] command = [.. Manifests.Server.ReadinessProbe.Exec.Command];
        Assert.Equal("/bin/echo-bench", command[0]);
        command[3] = port.ToString(CultureInfo.InvariantCulture);
        return ToolRun.Run(Binary.Bench, command[1..]).ExitStatus == 0;
    }
}
