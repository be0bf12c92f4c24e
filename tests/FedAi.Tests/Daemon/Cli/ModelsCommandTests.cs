using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_NothingThere_TellsTheNextStep()
    {
        var result = await RunAsync("list");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("fedai models pull hf:");
        result.Output.ShouldContain("fedai models add FILE");
        JsonNode.Parse((await RunAsync("list", "--json")).Output)!["models"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Add_File_IsListedVerifiedAndRemoved()
    {
        var added = await RunAsync("add", DemoModel.Path, "--name", "demo");

        added.ExitCode.ShouldBe(0, added.Errors);
        added.Output.ShouldContain(DemoModel.Sha256);
        added.Errors.ShouldContain("it fits");
        var listed = JsonNode.Parse((await RunAsync("list", "--json")).Output)!["models"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)listed["name"], (string?)listed["file"], (string?)listed["sha256"], (bool)listed["present"]!).ShouldBe(("demo", "demo.gguf", DemoModel.Sha256, true));
        ((long)listed["bytes"]!, (string?)listed["source"]).ShouldBe((new FileInfo(DemoModel.Path).Length, DemoModel.Path));
        ((long)listed["addedMs"]!).ShouldBeGreaterThan(0);
        (await RunAsync("list")).Output.ShouldContain("demo");
        (await RunAsync("verify")).Output.Trim().ShouldBe("demo: ok");
        File.ReadAllBytes(InFolder("demo.gguf")).ShouldBe(File.ReadAllBytes(DemoModel.Path));

        (await RunAsync("rm", "demo")).ExitCode.ShouldBe(0);
        File.Exists(InFolder("demo.gguf")).ShouldBeFalse();
        JsonNode.Parse((await RunAsync("list", "--json")).Output)!["models"]!.AsArray().ShouldBeEmpty();
        File.Exists(DemoModel.Path).ShouldBeTrue();
    }

    [Fact]
    public async Task Verify_FileChanged_EndsWith1AndSaysWhatToDo()
    {
        File.Copy(DemoModel.Path, folder.File("mine.gguf"));
        await RunAsync("add", folder.File("mine.gguf"));
        File.Delete(folder.File("mine.gguf"));
        using (var file = File.OpenWrite(InFolder("mine.gguf")))
        {
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte(77);
        }

        var result = await RunAsync("verify", "mine");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("not the file that was added");
        result.Output.ShouldContain("fedai models rm mine");
    }

    [Fact]
    public async Task Add_NameInUse_IsRefusedUnlessForced()
    {
        await RunAsync("add", DemoModel.Path, "--name", "demo");

        var again = await RunAsync("add", DemoModel.Path, "--name", "demo");

        (again.ExitCode, again.Output).ShouldBe((1, ""));
        again.Errors.ShouldContain("fedai models rm demo");
        (await RunAsync("add", DemoModel.Path, "--name", "demo", "--force")).ExitCode.ShouldBe(0);
        (await RunAsync("verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Add_ModelWhoseFileIsGone_TakesItBackWithoutForce()
    {
        await RunAsync("add", DemoModel.Path, "--name", "demo");
        File.Delete(InFolder("demo.gguf"));
        var gone = await RunAsync("list");
        gone.Output.ShouldContain("archived");
        gone.Output.ShouldContain("pull or add it again");

        (await RunAsync("add", DemoModel.Path, "--name", "demo")).ExitCode.ShouldBe(0);

        (await RunAsync("list")).Output.ShouldContain("pending");
        (await RunAsync("verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Add_FileThatLiesInTheFolder_WritesDownItsHash()
    {
        Directory.CreateDirectory(InFolder(""));
        File.Copy(DemoModel.Path, InFolder("found.gguf"));
        (await RunAsync("list")).Output.ShouldContain("not added");

        (await RunAsync("add", InFolder("found.gguf"))).ExitCode.ShouldBe(0);

        (await RunAsync("verify")).Output.Trim().ShouldBe("found: ok");
    }

    [Fact]
    public async Task Add_OtherHashThanExpected_LeavesNothing()
    {
        var result = await RunAsync("add", DemoModel.Path, "--sha256", new string('0', 64));

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain(DemoModel.Sha256);
        Directory.EnumerateFiles(InFolder(""), "*.gguf", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pull_FromTheHub_ChecksItsHashAndGoesWhereItSendsOn()
    {
        await using var hub = ModelServer.Start(Tiny());
        var hash = Convert.ToHexStringLower(SHA256.HashData(hub.File));
        hub.Headers = $"X-Linked-ETag: \"{hash}\"\r\n";
        hub.SendsOn = path => path == "/blobs/42" ? null : "/blobs/42";

        var result = await PullAsync(hub, "hf:owner/repo@v2/quants/tiny.gguf");

        result.ExitCode.ShouldBe(0, result.Errors);
        result.Output.ShouldContain(hash);
        hub.Asked[0].Path.ShouldBe("/owner/repo/resolve/v2/quants/tiny.gguf");
        File.ReadAllBytes(InFolder("tiny.gguf")).ShouldBe(hub.File);
        result.Errors.ShouldContain("tiny 100 %");
        Directory.EnumerateFiles(InFolder("parts")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pull_HubSaysAnotherHash_ThrowsTheFileAway()
    {
        await using var hub = ModelServer.Start(Tiny());
        hub.Headers = $"X-Linked-ETag: \"{new string('0', 64)}\"\r\n";

        var result = await PullAsync(hub, "hf:owner/repo/tiny.gguf");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("thrown away");
        Directory.EnumerateFiles(InFolder(""), "*.gguf", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pull_ConnectionBreaksOffAgainAndAgain_GoesOnWhereItStopped()
    {
        await using var hub = ModelServer.Start(Tiny());
        foreach (var bytes in (int[])[int.MaxValue, 100_000, 1, 200_000]) hub.BreaksOff.Enqueue(bytes); // the first asks for the start only

        var result = await PullAsync(hub, hub.Url + "tiny.gguf");

        result.ExitCode.ShouldBe(0, result.Errors);
        File.ReadAllBytes(InFolder("tiny.gguf")).ShouldBe(hub.File);
        hub.Asked.Select(one => one.Range).ShouldBe(["bytes=0-1048575", "", "bytes=100000-", "bytes=100001-", "bytes=300001-"]);
    }

    [Fact]
    public async Task Remove_UnfinishedDownload_ThrowsItAway()
    {
        Directory.CreateDirectory(InFolder("parts"));
        File.WriteAllText(InFolder("parts/tiny.gguf"), "GGUF");
        File.WriteAllText(InFolder("parts/tiny.gguf.json"), """{"source":"hf:owner/repo/tiny.gguf","bytes":400}""");

        (await RunAsync("list")).Output.ShouldContain("4 B of 400 B");
        (await RunAsync("rm", "tiny")).Output.ShouldContain("removed tiny, 4 B are free again");

        Directory.EnumerateFiles(InFolder("parts")).ShouldBeEmpty();
        (await RunAsync("rm", "tiny")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Pull_ServerKnowsNoRanges_BeginsAnew()
    {
        await using var hub = ModelServer.Start(Tiny());
        hub.KnowsRanges = false;
        hub.BreaksOff.Enqueue(int.MaxValue);
        hub.BreaksOff.Enqueue(150_000);

        var result = await PullAsync(hub, hub.Url + "tiny.gguf");

        result.ExitCode.ShouldBe(0, result.Errors);
        File.ReadAllBytes(InFolder("tiny.gguf")).ShouldBe(hub.File);
    }

    [Fact]
    public async Task Pull_FileChangedMeanwhile_DoesNotJoinTwoVersions()
    {
        await using var hub = ModelServer.Start(Tiny());
        hub.BreaksOff.Enqueue(int.MaxValue);
        hub.BreaksOff.Enqueue(150_000);
        hub.OnAsked = range =>
        {
            if (range == "bytes=150000-") (hub.Tag, hub.File) = ("\"two\"", Tiny(seed: 2));
        };

        var first = await PullAsync(hub, hub.Url + "tiny.gguf");
        var left = JsonNode.Parse((await RunAsync("list", "--json")).Output)!["unfinished"]!.AsArray().ShouldHaveSingleItem()!;
        (await RunAsync("list")).Output.ShouldContain($"fedai models pull {hub.Url}tiny.gguf goes on");
        var second = await PullAsync(hub, hub.Url + "tiny.gguf");

        first.ExitCode.ShouldBe(1);
        first.Errors.ShouldContain("changed during the download");
        left["name"]!.GetValue<string>().ShouldBe("tiny");
        left["bytes"]!.GetValue<long>().ShouldBe(150_000);
        second.ExitCode.ShouldBe(0, second.Errors);
        File.ReadAllBytes(InFolder("tiny.gguf")).ShouldBe(Tiny(seed: 2));
    }

    [Fact]
    public async Task Pull_LargerThanMemory_IsAnsweredBeforeTheDownloadAndOnlyForced()
    {
        await using var hub = ModelServer.Start(TinyGguf.RandomBytes(contextTokens: int.MaxValue));

        var result = await PullAsync(hub, hub.Url + "tiny.gguf", "--set", "runner.contextTokens=1000000", "--set", "runner.slots=64");
        var asked = hub.Asked.Count;
        var forced = await PullAsync(hub, hub.Url + "tiny.gguf", "--set", "runner.contextTokens=1000000", "--set", "runner.slots=64", "--force");

        (result.ExitCode, asked).ShouldBe((1, 1));
        result.Errors.ShouldContain("it does not fit");
        result.Errors.ShouldContain("--force");
        forced.ExitCode.ShouldBe(0, forced.Errors);
    }

    [Theory]
    [InlineData("http://models.example/tiny.gguf", "is not encrypted")]
    [InlineData("ftp://models.example/tiny.gguf", "is no address")]
    [InlineData("hf:owner/tiny.gguf", "hf:OWNER/REPOSITORY/FILE.gguf")]
    [InlineData("hf:owner/../../etc/tiny.gguf", "hf:OWNER/REPOSITORY/FILE.gguf")]
    public async Task Pull_SourceThatIsNone_EndsWith2(string source, string problem)
    {
        var result = await RunAsync("pull", source);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(problem);
    }

    [Fact]
    public async Task Pull_PlainAddressThatSendsOn_IsNotFollowed()
    {
        await using var hub = ModelServer.Start(Tiny());
        hub.SendsOn = _ => "https://other.example/tiny.gguf";

        var result = await PullAsync(hub, hub.Url + "tiny.gguf");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("https://other.example/tiny.gguf");
    }

    [Theory]
    [InlineData("http://192.0.2.1/blob")]
    [InlineData("")] // to itself, for ever
    public async Task Pull_HubSendsOnToWhereNobodyShouldGo_Ends(string to)
    {
        await using var hub = ModelServer.Start(Tiny());
        hub.SendsOn = path => to.Length > 0 ? to : path;

        var result = await PullAsync(hub, "hf:owner/repo/tiny.gguf");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("does not go");
        hub.Asked.Count.ShouldBeLessThan(8);
    }

    [Fact]
    public async Task Pull_NoModel_IsRefusedBeforeTheDownload()
    {
        await using var hub = ModelServer.Start([.. "<html>Log in to see this model, please.</html>"u8]);

        var result = await PullAsync(hub, "hf:owner/repo/tiny.gguf");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("no GGUF file");
        hub.Asked.Count.ShouldBe(1);
    }

    private static byte[] Tiny(int seed = 1) => TinyGguf.RandomBytes(seed: seed);

    private string InFolder(string name) => Path.Combine(folder.Path, "models", name);

    private Task<CommandResult> PullAsync(ModelServer hub, string source, params string[] more) => RunAsync(["pull", source, "--hub", hub.Url.ToString(), .. more]);

    private Task<CommandResult> RunAsync(params string[] arguments) => Fedai.RunAsync(["models", .. arguments, "--data", folder.Path]);
}
