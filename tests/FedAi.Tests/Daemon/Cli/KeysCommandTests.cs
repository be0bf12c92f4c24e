using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Show_AfterNew_PrintsTheSecretOnlyWhenAsked()
    {
        var made = await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var shown = await Fedai.RunAsync("keys", "show", "--data", folder.Path, "--json");
        var secret = await Fedai.RunAsync("keys", "show", "--data", folder.Path, "--json", "--secret");

        (made.ExitCode, shown.ExitCode, secret.ExitCode).ShouldBe((0, 0, 0));
        made.Output.ShouldNotContain("nsec1");
        shown.Output.ShouldNotContain("nsec1");
        JsonNode.Parse(shown.Output)!["npub"]!.GetValue<string>().ShouldBe(made.Output.Trim());
        KeyPair.TryParse(JsonNode.Parse(secret.Output)!["nsec"]!.GetValue<string>(), out var key).ShouldBeTrue();
        key!.PublicKey.Npub.ShouldBe(made.Output.Trim());
    }

    [Theory]
    [InlineData("a-file/below")]
    [InlineData("/proc/fedai")]
    public async Task New_NoPlaceToWrite_EndsWith2AndNamesTheNextStep(string place)
    {
        await File.WriteAllTextAsync(folder.File("a-file"), "");

        var result = await Fedai.RunAsync("keys", "new", "--data", Path.Combine(folder.Path, place));

        result.ExitCode.ShouldBe(2, result.Errors);
        result.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("name another place with --data");
        result.Errors.ShouldNotContain("bug");
    }

    [Fact]
    public async Task New_KeyThere_EndsWith2AndNamesTheNextStep()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);

        var again = await Fedai.RunAsync("keys", "new", "--data", folder.Path);

        again.ExitCode.ShouldBe(2);
        again.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("fedai keys show");
    }
}
