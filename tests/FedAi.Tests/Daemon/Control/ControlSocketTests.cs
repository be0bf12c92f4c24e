using System.Text;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Control;

public sealed class ControlSocketTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void PathFor_ShortFolder_LiesInIt() => ControlSocket.PathFor(folder.Path).ShouldBe(folder.File("fedai.sock"));

    [Fact]
    public void PathFor_LongFolders_AreShortAndTheirOwn()
    {
        var longFolder = folder.File(new string('ä', 60));

        var path = ControlSocket.PathFor(longFolder);

        Encoding.UTF8.GetByteCount(path).ShouldBeLessThanOrEqualTo(100);
        path.ShouldBe(ControlSocket.PathFor(longFolder));
        path.ShouldNotBe(ControlSocket.PathFor(longFolder + "x"));
    }

    [Fact]
    public async Task Socket_OfARunningDaemon_IsForItsUserOnly()
    {
        await using var daemon = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);

        File.GetUnixFileMode(ControlSocket.PathFor(folder.Path)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Get_StatusOfARunningDaemon_IsAnswered()
    {
        await using var daemon = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        using var client = new ControlClient(folder.Path);

        (await client.GetAsync("status", CancellationToken.None)).ShouldNotBeNull().ShouldContain(daemon.Key.PublicKey.Npub);
    }

    [Fact]
    public async Task Get_NoDaemon_IsNull()
    {
        using var client = new ControlClient(folder.Path);

        (await client.GetAsync("status", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Start_SocketLeftByACrash_IsReplaced()
    {
        File.WriteAllText(ControlSocket.PathFor(folder.Path), "");
        await using var daemon = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        using var client = new ControlClient(folder.Path);

        (await client.GetAsync("health", CancellationToken.None)).ShouldNotBeNull();
    }
}
