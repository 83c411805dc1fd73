namespace Multiproc.Tests.Connections;

/// <summary>Slips with addresses and keys are told for what they are.</summary>
public sealed class MisuseTests
{
    [Theory]
    [InlineData("localhost:65536")]
    [InlineData("localhost:99999999999999999999")]
    public void Address_WithAPortThatIsNone_IsNoFileOfThisName(string address)
    {
        Should.Throw<ArgumentException>(() => new Listener(address)).Message.ShouldStartWith($"{address} has no port");
        Should.Throw<ArgumentException>(() => Client.Connect(address)).Message.ShouldStartWith($"{address} has no port");
        File.Exists(address).ShouldBeFalse();
    }

    [Fact]
    public void Challenge_ToAClientWithoutKey_IsToldAsSuch()
    {
        var (here, there) = Mp.Pipe();
        using (here)
        using (there)
        {
            there.SendBytes("#CHALLENGE#{sha256}12345678901234567890"u8);
            Should.Throw<SerializationException>(() => here.Recv<int>()).Message.ShouldContain("Does the other end ask for a key?");
        }
    }

    [Fact]
    public void ClosedConnection_Sent_IsRefused()
    {
        var (here, there) = Mp.Pipe();
        var (closed, other) = Mp.Pipe();
        using (here)
        using (there)
        using (other)
        {
            closed.Close();
            Should.Throw<IOException>(() => here.Send(closed)).Message.ShouldContain("can be neither used nor sent");
        }
    }
}
