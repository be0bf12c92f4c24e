namespace FedAi.EndToEndTests.Conformance;

/// <summary>Gives a body to its reader in pieces: of one byte (seed 0), or of 1 to 48 bytes as the seed says (tests/js/conformance/pieces.mjs does the same).</summary>
internal sealed class Pieces(byte[] body, int seed) : MemoryStream(body, writable: false)
{
    private uint state = (uint)seed;

    /// <summary>All other ways to read a class derived from MemoryStream come here.</summary>
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, Next()));

    private int Next()
    {
        if (seed == 0) return 1;
        state = state * 1664525 + 1013904223;
        return 1 + (int)((state >> 16) % 48);
    }
}
