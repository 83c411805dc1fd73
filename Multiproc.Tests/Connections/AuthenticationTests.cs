using System.Text;
using Multiproc.Connections;

namespace Multiproc.Tests.Connections;

/// <summary>Area A: the challenge itself, against recorded values and against a wrong other side.</summary>
public sealed class AuthenticationTests
{
    private static readonly byte[] s_key = [0x00, 0xff];

    [Theory] // the values are CPython's
    [InlineData("", 20, "dae63c77dd13152b22e7633c323ab75c")]
    [InlineData("{sha256}", 40, "b380904eb9663121f28286d01bd7c2f8a06b66476fcca9e4f70459f2ec39b8d0")]
    public void Answer_RecordedChallenge_IsCPythonsAnswer(string name, int random, string expected)
    {
        byte[] challenge = Recorded(name, random);
        byte[] reply = Challenge.Reply(challenge, s_key);
        reply.ShouldBe([.. Encoding.ASCII.GetBytes(name), .. Convert.FromHexString(expected)]);
        Challenge.Accepts(challenge, reply, s_key, allowMd5: true).ShouldBeTrue();
        Challenge.Accepts(challenge, reply, [0x00], allowMd5: true).ShouldBeFalse();
    }

    [Fact] // A-17: a client up to 3.11 takes the name for a part of the challenge
    public void Accepts_Md5AnswerToANamedChallenge_UnlessForbidden()
    {
        byte[] challenge = Recorded("{sha256}", 40);
        byte[] reply = Convert.FromHexString("565018eec7349498e355cf0ac31dec42");
        Challenge.Accepts(challenge, reply, s_key, allowMd5: true).ShouldBeTrue();
        Challenge.Accepts(challenge, reply, s_key, allowMd5: false).ShouldBeFalse();
        Challenge.Accepts(challenge, [.. "{md5}"u8, .. reply], s_key, allowMd5: true).ShouldBeTrue();
        Challenge.Accepts(challenge, [.. "{md5}"u8, .. reply], s_key, allowMd5: false).ShouldBeFalse();
    }

    [Theory] // A-17
    [InlineData("{md5}")]
    [InlineData("{sha384}")]
    public void Answer_OtherDigests_AreAccepted(string name)
    {
        byte[] challenge = Recorded(name, 40);
        byte[] reply = Challenge.Reply(challenge, s_key);
        reply.AsSpan().StartsWith(Encoding.ASCII.GetBytes(name)).ShouldBeTrue();
        Challenge.Accepts(challenge, reply, s_key, allowMd5: true).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{sha256}")]
    [InlineData("{sha256}short")]
    [InlineData("{sha1}00000000000000000000")]
    [InlineData("{thisisnodigestatallbutlong}0000")]
    [InlineData("anything else of some length")]
    public void Accepts_Garbage_IsRefused(string reply) =>
        Challenge.Accepts(Challenge.Create(), Encoding.ASCII.GetBytes(reply), s_key, allowMd5: true).ShouldBeFalse();

    [Theory] // A-15
    [InlineData("")]
    [InlineData("#CHALLENGE#")]
    [InlineData("#CHALLENGE#tooshort")]
    [InlineData("#CHALLENGE#{sha1}0123456789012345678901234567890123456789")]
    [InlineData("#WELCOME#")]
    public void AnswerChallenge_NoChallenge_IsRefused(string first)
    {
        using var pipe = new Pair();
        pipe.First.SendBytes<byte>(Encoding.ASCII.GetBytes(first));
        Should.Throw<AuthenticationException>(() => Authentication.AnswerChallenge(pipe.Second, s_key));
    }

    [Theory] // A-14
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("{sha256}bogus")]
    public void DeliverChallenge_WrongDigest_SendsFailureAndThrows(string reply)
    {
        using var pipe = new Pair();
        pipe.Second.SendBytes<byte>(Encoding.ASCII.GetBytes(reply));
        Should.Throw<AuthenticationException>(() => Authentication.DeliverChallenge(pipe.First, s_key));
        pipe.Second.RecvBytes().AsSpan().StartsWith("#CHALLENGE#{sha256}"u8).ShouldBeTrue();
        pipe.Second.RecvBytes().ShouldBe("#FAILURE#"u8.ToArray());
    }

    [Theory] // A-15
    [InlineData("#FAILURE#")]
    [InlineData("something bogus")]
    [InlineData("")]
    public void AnswerChallenge_NotWelcome_Throws(string verdict)
    {
        using var pipe = new Pair();
        pipe.First.SendBytes<byte>(Challenge.Create());
        pipe.First.SendBytes<byte>(Encoding.ASCII.GetBytes(verdict));
        Should.Throw<AuthenticationException>(() => Authentication.AnswerChallenge(pipe.Second, s_key));
    }

    [Fact] // A-16
    public void Challenge_MessageOver256Bytes_IsRefused()
    {
        using var pipe = new Pair();
        pipe.First.SendBytes<byte>(new byte[257]);
        Should.Throw<IOException>(() => Authentication.AnswerChallenge(pipe.Second, s_key));
        using var other = new Pair();
        other.Second.SendBytes<byte>(new byte[257]);
        Should.Throw<IOException>(() => Authentication.DeliverChallenge(other.First, s_key));
    }

    [Fact] // A-13
    public async Task Challenge_BothRolesAsync_Agree()
    {
        using var pipe = new Pair();
        var deliver = Authentication.DeliverChallengeAsync(pipe.First, s_key, allowMd5: false).AsTask();
        await Authentication.AnswerChallengeAsync(pipe.Second, s_key);
        await deliver;
        pipe.First.Send(1);
        pipe.Second.Recv<int>().ShouldBe(1);
    }

    private static byte[] Recorded(string name, int random) =>
        [.. "#CHALLENGE#"u8, .. Encoding.ASCII.GetBytes(name), .. Enumerable.Range(0, random).Select(static each => (byte)each)];
}
