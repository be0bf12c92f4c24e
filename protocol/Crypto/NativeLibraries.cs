using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FedAi.Protocol.Crypto;

/// <summary>Finds the distribution's shared libraries under the names its releases give them. An assembly has one resolver, so both adapters share it.</summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<string, (string[] Sonames, string Missing)> Known = new(StringComparer.Ordinal);

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Says which files a library may be, newest first, and what to tell a user who has none of them.</summary>
    public static void Register(string name, string missing, params string[] sonames) => Known[name] = (sonames, missing);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!Known.TryGetValue(name, out var library)) return 0;
        foreach (var soname in library.Sonames)
            if (NativeLibrary.TryLoad(soname, out var handle)) return handle;
        throw new DllNotFoundException(library.Missing);
    }
}
