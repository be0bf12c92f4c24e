using System.Text;
using FedAi.Daemon.Router;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Router;

public sealed class AuditFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Append_MoreThanFits_KeepsTheNewestAndIsBounded()
    {
        using (var file = new AuditFile(folder.Path, maxBytes: 100))
            for (var line = 0; line < 100; line++) file.Append(Encoding.UTF8.GetBytes($"line {line:000}\n"));

        var files = Directory.GetFiles(folder.Path).Order().ToList();
        files.Select(path => Path.GetFileName(path)).ShouldBe(["audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl", "audit.jsonl"]);
        files.ShouldAllBe(path => new FileInfo(path).Length <= 100);
        File.ReadAllText(folder.File(AuditFile.Name)).ShouldEndWith("line 099\n");
        // No line is cut in two.
        files.SelectMany(path => File.ReadAllLines(path)).ShouldAllBe(line => line.Length == 8);
    }

    [Fact]
    public void Append_NewFile_IsItsOwnersOnlyAndAnOldOneGoesOn()
    {
        using (var file = new AuditFile(folder.Path)) file.Append("a\n"u8);
        using (var file = new AuditFile(folder.Path)) file.Append("b\n"u8);

        File.ReadAllText(folder.File(AuditFile.Name)).ShouldBe("a\nb\n");
        File.GetUnixFileMode(folder.File(AuditFile.Name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Append_NoPlaceToWrite_ThrowsAndTriesAnewTheNextTime()
    {
        var later = folder.File("later");
        using var file = new AuditFile(later);

        Should.Throw<IOException>(() => file.Append("a\n"u8));
        Directory.CreateDirectory(later);
        file.Append("b\n"u8);

        File.ReadAllText(Path.Combine(later, AuditFile.Name)).ShouldBe("b\n");
    }
}
