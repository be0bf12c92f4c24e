using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

public sealed class DatabaseTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string StorePath => folder.File("store.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_NewFile_IsPrivateAndInWalMode()
    {
        await using var database = Database.Open(StorePath);

        File.GetUnixFileMode(StorePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        database.Read(statements => statements.Query("PRAGMA journal_mode", row => row.GetString(0))).ShouldBe(["wal"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("before\0after")]
    [InlineData("é 🦊")]
    public async Task Text_OfAnySort_ComesBackWhole(string text)
    {
        await using var database = Database.Open(StorePath);

        database.Read(statements => statements.Query("SELECT $1", row => row.GetString(0), text)).ShouldBe([text]);
    }

    [Fact]
    public async Task Dispose_AfterWrites_LeavesOneFileThatHoldsThem()
    {
        await using (var database = Database.Open(StorePath))
            await new AnnouncementTable(database).SaveAsync("30020:a", 7);

        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["store.db"]);
        await using var again = Database.Open(StorePath);
        new AnnouncementTable(again).Load()["30020:a"].ShouldBe(7);
    }

    [Fact]
    public async Task Open_FileOfANewerVersion_SaysSo()
    {
        await using (Database.Open(StorePath))
        {
        }

        Execute(StorePath, "PRAGMA user_version=99");

        Should.Throw<StoreException>(() => Database.Open(StorePath)).Message.ShouldContain("newer fedai");
    }

    [Fact]
    public void Open_FileThatIsNoStore_NamesIt()
    {
        File.WriteAllText(StorePath, new string('x', 5000));

        Should.Throw<StoreException>(() => Database.Open(StorePath)).Message.ShouldContain(StorePath);
    }

    [Fact]
    public async Task Write_ThatThrows_FailsAloneAndOthersOfItsBatchAreKept()
    {
        await using var database = Database.Open(StorePath);
        var table = new AnnouncementTable(database);
        using var hold = new ManualResetEventSlim();
        var first = database.WriteAsync(Durability.Normal, _ =>
        {
            hold.Wait(Patience.Limit);
            return null;
        });

        // While the writer is held, these three become one batch.
        var good = table.SaveAsync("a", 1);
        var bad = database.WriteAsync(Durability.Normal, statements =>
        {
            statements.Execute("INSERT INTO announcements VALUES ('b', NULL)");
            return null;
        });
        var alsoGood = table.SaveAsync("c", 3);
        hold.Set();

        await Should.ThrowAsync<SqliteException>(() => bad);
        (await first, await good, await alsoGood).ShouldBe((null, null, null));
        table.Load().Keys.Order().ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Write_ThatRefuses_GivesItsRefusal()
    {
        await using var database = Database.Open(StorePath);

        var refusal = await database.WriteAsync(Durability.Full, _ => new Refusal(ErrorCode.NodeIdTaken));

        refusal!.Code.ShouldBe(ErrorCode.NodeIdTaken);
    }

    [Fact]
    public async Task Write_MoreThanTheQueueHolds_IsRefusedAndTheRestIsKept()
    {
        const int writes = 10_000;
        await using var database = Database.Open(StorePath);
        var table = new AnnouncementTable(database);
        using var hold = new ManualResetEventSlim();
        var first = database.WriteAsync(Durability.Normal, _ =>
        {
            hold.Wait(Patience.Limit);
            return null;
        });

        var answers = Enumerable.Range(0, writes).Select(i => table.SaveAsync(i.ToString(CultureInfo.InvariantCulture), i)).ToList();
        hold.Set();
        await Task.WhenAll(answers);
        await first;

        var refused = answers.Count(answer => answer.Result is { Code: ErrorCode.StorageFull, RetryAfterSeconds: > 0 });
        refused.ShouldBeGreaterThan(0);
        table.Load().Count.ShouldBe(writes - refused);
    }

    [Fact]
    public async Task Write_AfterDispose_IsRefusedAsDraining()
    {
        var database = Database.Open(StorePath);
        await database.DisposeAsync();

        (await new AnnouncementTable(database).SaveAsync("a", 1))!.Code.ShouldBe(ErrorCode.Draining);
    }

    [Fact]
    public async Task Write_ManyAtOnce_ShareCommits()
    {
        await using var database = Database.Open(StorePath);
        var table = new AnnouncementTable(database);
        var before = WalFrames();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => table.SaveAsync("same", i)));

        // Each commit of its own would append at least one page to the log.
        (WalFrames() - before).ShouldBeLessThan(250);
    }

    [FullDiskFact]
    public async Task Write_OnAFullDisk_IsRefusedAndWorksAgainWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(folder.File("disk"), kibibytes: 512);
        await using var database = Database.Open(disk.File("store.db"));
        var table = new MeteringTable(database);
        var acknowledged = new List<string>();
        Refusal? refusal = null;
        for (var i = 0; refusal is null; i++)
        {
            var id = i.ToString(CultureInfo.InvariantCulture);
            refusal = await table.AddAsync(MeteringTableTests.Row(id, envelopeBytes: 8192), Durability.Full);
            if (refusal is null) acknowledged.Add(id);
        }

        refusal.Code.ShouldBe(ErrorCode.StorageFull);
        acknowledged.ShouldNotBeEmpty();
        acknowledged.ShouldAllBe(id => table.Get(id).Count == 1);
        disk.Grow(kibibytes: 4096);
        (await table.AddAsync(MeteringTableTests.Row("after"), Durability.Full)).ShouldBeNull();
        acknowledged.Append("after").ShouldAllBe(id => table.Get(id).Count == 1);
    }

    [Fact]
    public async Task Process_KilledWhileWriting_LosesNothingAcknowledged()
    {
        var acknowledged = new List<string>();
        using (var child = StoreWriterProcess.Start(StorePath))
        {
            for (var i = 0; i < 300; i++) acknowledged.Add((await child.StandardOutput.ReadLineAsync())!);
            child.Kill();
            // What is still in the pipe was acknowledged too; the last line may be cut.
            var rest = await child.StandardOutput.ReadToEndAsync();
            acknowledged.AddRange(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1));
            await child.WaitForExitAsync();
        }

        await using var database = Database.Open(StorePath);
        var table = new MeteringTable(database);
        database.Read(statements => statements.Query("PRAGMA integrity_check", row => row.GetString(0))).ShouldBe(["ok"]);
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(300);
        acknowledged.ShouldAllBe(id => table.Get(id).Count == 1);
    }

    private static void Execute(string path, string sql)
    {
        using var statements = Statements.Open(path, readOnly: false);
        statements.Script(sql);
    }

    /// <summary>Pages in the log: a 32-byte header, then 24 bytes and a page of 4096 each.</summary>
    private long WalFrames() => (new FileInfo(StorePath + "-wal").Length - 32) / (24 + 4096);
}
