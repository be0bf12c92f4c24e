using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FedAi.Protocol.Crypto;

/// <summary>The distribution's libsecp256k1: only what BIP-340 needs. Used by <see cref="Schnorr"/> and nobody else.</summary>
internal static unsafe partial class NativeSecp256k1
{
    private const string Library = "secp256k1";

    [InlineArray(64)]
    internal struct XOnlyPublicKey { private byte first; }

    /// <summary>A secret: zero it after use.</summary>
    [InlineArray(96)]
    internal struct KeyPairData { private byte first; }

    internal static void RegisterLibrary() => NativeLibraries.Register(Library,
        "libsecp256k1 is missing. Install the package libsecp256k1-1 (Debian, Ubuntu), or run ./fedai.sh setup.",
        "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0");

    [LibraryImport(Library)] internal static partial nint secp256k1_context_create(uint flags);
    [LibraryImport(Library)] internal static partial int secp256k1_context_randomize(nint context, byte* seed32);
    [LibraryImport(Library)] internal static partial void secp256k1_context_set_illegal_callback(nint context, delegate* unmanaged[Cdecl]<byte*, void*, void> callback, void* data);
    [LibraryImport(Library)] internal static partial int secp256k1_keypair_create(nint context, KeyPairData* keyPair, byte* secret32);
    [LibraryImport(Library)] internal static partial int secp256k1_keypair_xonly_pub(nint context, XOnlyPublicKey* publicKey, int* parity, KeyPairData* keyPair);
    [LibraryImport(Library)] internal static partial int secp256k1_keypair_sec(nint context, byte* secret32, KeyPairData* keyPair);
    [LibraryImport(Library)] internal static partial int secp256k1_xonly_pubkey_parse(nint context, XOnlyPublicKey* publicKey, byte* input32);
    [LibraryImport(Library)] internal static partial int secp256k1_xonly_pubkey_serialize(nint context, byte* output32, XOnlyPublicKey* publicKey);
    [LibraryImport(Library)] internal static partial int secp256k1_schnorrsig_sign32(nint context, byte* signature64, byte* message32, KeyPairData* keyPair, byte* aux32);
    [LibraryImport(Library)] internal static partial int secp256k1_schnorrsig_verify(nint context, byte* signature64, byte* message, nuint length, XOnlyPublicKey* publicKey);
}
