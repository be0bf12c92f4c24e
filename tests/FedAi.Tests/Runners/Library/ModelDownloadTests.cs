using FedAi.Runners.Library;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Store;

namespace FedAi.Tests.Runners.Library;

public sealed class ModelDownloadTests : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TempFolder folder = new();
    private readonly byte[] file = TinyGguf.RandomBytes();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fetch_ServerStaysAway_WaitsLongerAndLongerAndKeepsThePart()
    {
        await using var hub = ModelServer.Start(file);
        hub.BreaksOff.Enqueue(int.MaxValue); // the question what it is
        hub.BreaksOff.Enqueue(150_000);
        for (var i = 0; i < 20; i++) hub.BreaksOff.Enqueue(0);
        var time = new ManualTime();
        using var first = await AskedAsync(hub, time);
        var made = time.TimerOf(Pause);

        var fetching = first.FetchAsync(folder.File("part"), new Progress<long>(), CancellationToken.None);
        for (var n = 0; n < 8; n++)
        {
            await made;
            made = time.TimerOf(Pause * (2 << n));
            time.Move(Pause * (1 << n));
        }

        var problem = (await fetching.WaitAsync(Patience.Limit)).ShouldNotBeNull();
        (problem.MayPass, new FileInfo(folder.File("part")).Length).ShouldBe((true, 150_000));
        problem.Text.ShouldContain("the same command goes on there");
        hub.Asked.Count.ShouldBe(10);

        hub.BreaksOff.Clear();
        using var second = await AskedAsync(hub, TimeProvider.System);
        (await second.FetchAsync(folder.File("part"), new Progress<long>(), CancellationToken.None)).ShouldBeNull();
        hub.Asked[^1].Range.ShouldBe("bytes=150000-");
        File.ReadAllBytes(folder.File("part")).ShouldBe(file);
    }

    [Fact]
    public async Task Fetch_ServerNamesNoVersionAndNobodyKnowsTheHash_NeverJoins()
    {
        await using var hub = ModelServer.Start(file);
        hub.Tag = null;
        File.WriteAllBytes(folder.File("part"), new byte[1000]);
        using var download = await AskedAsync(hub, TimeProvider.System);

        (await download.FetchAsync(folder.File("part"), new Progress<long>(), CancellationToken.None)).ShouldBeNull();

        hub.Asked[^1].Range.ShouldBe("");
        File.ReadAllBytes(folder.File("part")).ShouldBe(file);
    }

    [Fact]
    public async Task Fetch_PartOfAnotherSource_BeginsAnew()
    {
        await using var hub = ModelServer.Start(file);
        await using var other = ModelServer.Start(TinyGguf.RandomBytes(seed: 2));
        using (var download = await AskedAsync(other, TimeProvider.System)) await download.FetchAsync(folder.File("part"), new Progress<long>(), CancellationToken.None);
        using var next = await AskedAsync(hub, TimeProvider.System);

        (await next.FetchAsync(folder.File("part"), new Progress<long>(), CancellationToken.None)).ShouldBeNull();

        File.ReadAllBytes(folder.File("part")).ShouldBe(file);
    }

    [Fact]
    public async Task Ask_ServerIsSilent_EndsAfterAMinute()
    {
        var time = new ManualTime();
        await using var hub = ModelServer.Start(file);
        using var asked = new ManualResetEventSlim();
        using var mayAnswer = new ManualResetEventSlim();
        hub.OnAsked = _ =>
        {
            asked.Set();
            mayAnswer.Wait(Patience.Limit);
        };
        using var download = new ModelDownload(Source(hub), null, time);
        var asking = download.AskAsync(512, 1, gpuLayers: null, CancellationToken.None);
        await Task.Run(() => asked.Wait(Patience.Limit));

        time.Move(TimeSpan.FromSeconds(61));

        var (fit, problem) = await asking.WaitAsync(Patience.Limit);
        mayAnswer.Set();
        (fit, problem!.MayPass).ShouldBe((null, true));
        problem.Text.ShouldContain("nothing came for 60 s");
    }

    [FullDiskFact]
    public async Task Fetch_DiskTooSmall_IsSaidBeforeTheFirstByte()
    {
        await using var hub = ModelServer.Start(file);
        using var disk = SmallDisk.Mount(folder.File("disk"), kibibytes: 200);
        using var download = await AskedAsync(hub, TimeProvider.System);

        var problem = await download.FetchAsync(disk.File("part"), new Progress<long>(), CancellationToken.None);

        problem.ShouldNotBeNull().Text.ShouldContain("make room");
        (problem.MayPass, hub.Asked.Count).ShouldBe((true, 1));
    }

    [FullDiskFact]
    public async Task Fetch_DiskFillsUpMeanwhile_StopsInOrderAndGoesOnWhenThereIsRoom()
    {
        await using var hub = ModelServer.Start(file);
        using var disk = SmallDisk.Mount(folder.File("disk"), kibibytes: 1024);
        using var download = await AskedAsync(hub, TimeProvider.System);
        // Another program takes the room after it was checked.
        hub.OnAsked = _ =>
        {
            if (!File.Exists(disk.File("other"))) File.WriteAllBytes(disk.File("other"), new byte[800 << 10]);
        };

        var problem = await download.FetchAsync(disk.File("part"), new Progress<long>(), CancellationToken.None);
        File.Delete(disk.File("other"));
        File.WriteAllText(disk.File("other"), "");
        using var again = await AskedAsync(hub, TimeProvider.System);
        var second = await again.FetchAsync(disk.File("part"), new Progress<long>(), CancellationToken.None);

        problem.ShouldNotBeNull().MayPass.ShouldBeTrue();
        problem.Text.ShouldContain("No space left");
        second.ShouldBeNull();
        File.ReadAllBytes(disk.File("part")).ShouldBe(file);
    }

    private static ModelSource Source(ModelServer hub) => ModelSource.TryParse(hub.Url + "tiny.gguf", ModelSource.DefaultHub, out _)!;

    private static async Task<ModelDownload> AskedAsync(ModelServer hub, TimeProvider time)
    {
        var download = new ModelDownload(Source(hub), null, time);
        var (fit, problem) = await download.AskAsync(contextTokens: 512, slots: 1, gpuLayers: null, CancellationToken.None);
        fit.ShouldNotBeNull(problem?.Text);
        return download;
    }
}
