using FedAi.Daemon.Hosting;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class IdentityFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Data => folder.File("data");

    private string KeyPath => IdentityFile.PathIn(Data);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryCreate_NewFolder_KeepsTheKeyForItsOwnerOnly()
    {
        IdentityFile.TryCreate(Data, out var made).ShouldBeTrue();

        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        IdentityFile.TryRead(Data, out var read, out _).ShouldBeTrue();
        read.PublicKey.ShouldBe(made.PublicKey);
    }

    [Fact]
    public void TryCreate_KeyThere_StaysAsItIs()
    {
        IdentityFile.TryCreate(Data, out _);
        var before = File.ReadAllText(KeyPath);

        IdentityFile.TryCreate(Data, out _).ShouldBeFalse();

        File.ReadAllText(KeyPath).ShouldBe(before);
    }

    [Fact]
    public void TryRead_NoKey_SaysHowToMakeOne() => Problem().ShouldContain("fedai keys new");

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void TryRead_FileOpenToOthers_IsRefused(UnixFileMode extra)
    {
        IdentityFile.TryCreate(Data, out _);
        File.SetUnixFileMode(KeyPath, File.GetUnixFileMode(KeyPath) | extra);

        Problem().ShouldContain("chmod 600");
    }

    [Fact]
    public void TryRead_FileWithoutAKey_IsRefusedWithoutItsText()
    {
        IdentityFile.TryCreate(Data, out _);
        File.WriteAllText(KeyPath, "nsec1MARKER");

        Problem().ShouldNotContain("MARKER");
    }

    private string Problem()
    {
        IdentityFile.TryRead(Data, out _, out var problem).ShouldBeFalse();
        return problem!;
    }
}
