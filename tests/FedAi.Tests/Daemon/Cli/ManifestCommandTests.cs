using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ManifestCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("node")]
    [InlineData("router")]
    public async Task Verify_WhatWasWritten_IsValidUntilAByteChanges(string role)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var written = await Fedai.RunAsync("manifest", "--write", "--role", role, "--data", folder.Path);
        var path = written.Output.Trim();
        path.ShouldBe(folder.File($"{role}.manifest.json"));

        var valid = await Fedai.RunAsync("manifest", "verify", path);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("cpu_low", "cpu_mid", StringComparison.Ordinal));
        var changed = await Fedai.RunAsync("manifest", "verify", path);

        valid.ExitCode.ShouldBe(0);
        valid.Output.ShouldStartWith("valid: ");
        changed.ExitCode.ShouldBe(1);
        changed.Output.ShouldStartWith("invalid: ");
    }

    [Fact]
    public async Task Write_SoftwareVersion_IsTheExecutables()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await Fedai.RunAsync("manifest", "--write", "--role", "node", "--data", folder.Path, "--set", "node.maxTokens=77");

        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("node.manifest.json")))!;

        manifest["software_version"]!.GetValue<string>().ShouldBe((await Fedai.RunAsync("--version")).Output.Trim());
        manifest["limits"]!["max_tokens"]!.GetValue<int>().ShouldBe(77);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("manifest", "--write")]
    [InlineData("manifest", "--write", "--role", "gateway")]
    [InlineData("manifest", "verify", "no-such-file")]
    public async Task Manifest_WithoutWhatItNeeds_EndsWith2(params string[] arguments) => (await Fedai.RunAsync(arguments)).ExitCode.ShouldBe(2);
}
