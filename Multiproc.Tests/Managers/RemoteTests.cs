using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

public sealed class PlainMachine() : OtherMachine(TlsOptions.Off);

public sealed class KeyTlsMachine() : OtherMachine(TlsOptions.FromAuthKey);

public sealed class CertificateMachine() : OtherMachine(CertificateFiles.Shared.Options);

public sealed class PlainRemoteTests(PlainMachine other) : RemoteSpec(other), IClassFixture<PlainMachine>;

public sealed class KeyTlsRemoteTests(KeyTlsMachine other) : RemoteSpec(other), IClassFixture<KeyTlsMachine>
{
    [Fact]
    public void Proxy_InAProcessWithTheSameKey_NeedsNothingElse()
    {
        // The proxy carries the address under which this process reached the manager: the server itself calls no such name its own.
        using var manager = other.Connect();
        var list = manager.List<int>();
        using var process = Mp.Process(Append, list);
        process.AuthKey = other.Key;
        ManagerFixture.Run(process);
        list.ShouldBe([7]);
    }

    private static void Append(ListProxy<int> list) => list.Add(7);
}

public sealed class CertificateRemoteTests(CertificateMachine other) : RemoteSpec(other), IClassFixture<CertificateMachine>;
