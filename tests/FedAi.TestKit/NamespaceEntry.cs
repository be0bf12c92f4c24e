using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FedAi.TestKit;

/// <summary>Does something in another network namespace without a process of its own: a socket stays in the namespace it was made in, whoever uses it.</summary>
internal static partial class NamespaceEntry
{
    private const int NetworkNamespace = 0x40000000;

    /// <summary>Runs it on a thread that enters the namespace and then ends.</summary>
    public static T Run<T>(string space, Func<T> make)
    {
        T? made = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/var/run/netns/{space}");
                if (SetNamespace(file, NetworkNamespace) != 0) throw new InvalidOperationException($"cannot enter {space}: {Marshal.GetLastPInvokeErrorMessage()}");
                made = make();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? made! : throw new InvalidOperationException($"in {space}: {failure.Message}", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
