import assert from 'node:assert/strict';
import {
  registryFailure,
  whyNot,
  withoutSignatures,
  type RegistryFailure,
} from '../../src/registry/registry-errors.ts';

const ecr = '254865750963.dkr.ecr.us-west-2.amazonaws.com';

/** Messages as people and maintainers quote them, and where. */
const seen: Record<RegistryFailure, readonly (readonly [message: string, source: string])[]> = {
  'login-expired': [
    [
      'denied: Your authorization token has expired. Reauthenticate and try again.',
      'ECR: aws-samples/ecs-bg-external-controller#13, aws/aws-cli#6580',
    ],
    [
      `Error response from daemon: pull access denied for ${ecr}/x, repository does not exist or may require 'docker login': denied: Your authorization token has expired. Reauthenticate and try again.`,
      'docker 20-24 with ECR: docs of ECR Public, troubleshooting',
    ],
    [
      `initializing source docker://${ecr}/x@sha256:0: reading manifest sha256:0 in ${ecr}/x: denied: Your authorization token has expired. Reauthenticate and try again.`,
      'skopeo 1.9 and later: wording of containers/image around the answer above',
    ],
  ],
  unknown: [
    [
      'Error response from daemon: manifest for public.ecr.aws/nginx/nginx:1.20.0 not found: manifest unknown: Requested image not found',
      'docker with ECR: nginx/docker-nginx#545',
    ],
    [
      "name unknown: The repository with name 'yelb/yelb-ui' does not exist in the registry with id 'v2k0k1b1'",
      'docker with ECR: aws-samples/eks-alb-istio-with-tls#7',
    ],
    [
      'failed to resolve reference "public.ecr.aws/v2k0k1b1/yelb/yelb-ui:latest": public.ecr.aws/v2k0k1b1/yelb/yelb-ui:latest: not found',
      'containerd, docker 25-28 with its image store: the same issue',
    ],
    [
      'initializing source docker://docker.redpanda.com/redpandadata/connect:4.39: reading manifest 4.39 in docker.redpanda.com/redpandadata/connect: manifest unknown',
      'skopeo 1.15: containers/skopeo#2455',
    ],
    [
      'writing manifest: uploading manifest latest to r/i: manifest blob unknown: blob unknown to registry',
      'containers/image#816',
    ],
  ],
  'tag-taken': [
    [
      "tag invalid: The image tag 'latest' already exists in the 'app_service_image' repository and cannot be overwritten because the repository is immutable.",
      'docker with ECR, 2020: aws/containers-roadmap#862',
    ],
    [
      "writing manifest: uploading manifest x to r/i: tag invalid: The image tag 'x' already exists in the 'i' repository and cannot be overwritten because the tag is immutable.",
      'ECR, 2025: osscontainertools/kaniko#204, in the words of skopeo',
    ],
  ],
  passing: [
    [
      'Uploading manifest list failed, attempted the following formats: application/vnd.docker.distribution.manifest.list.v2+json(uploading manifest 3.10.18-r0 to r/python: toomanyrequests: Rate exceeded)',
      'skopeo 1.19: containers/common#2494',
    ],
    [
      'unexpected status code https://registry-1.docker.io/v2/library/rust/manifests/sha256:de6e: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
      'containerd: ScribeMD/docker-cache#829',
    ],
    [
      'Error determining repository tags: Invalid status code returned when fetching tags list 429 (Too Many Requests)',
      'containers/image#618',
    ],
    [
      'Head "https://registry-1.docker.io/v2/library/python/manifests/3": received unexpected HTTP status: 500 Internal Server Error',
      'docker: hmanzur/actions-aws-eb#9',
    ],
    [
      'Error trying to reuse blob sha256:da73 at destination: failed to read from destination repository ubuntu: 500 (Internal Server Error)',
      'skopeo: containers/skopeo#1137',
    ],
    ['writing blob: received unexpected HTTP status: 503 Service Unavailable', 'skopeo: containers/image#816'],
    [
      'failed to resolve reference "r/i": unexpected status from HEAD request to https://r/v2/i/manifests/1: 502 Bad Gateway',
      'containerd remotes/docker, docker 25-28 with its image store',
    ],
    [
      "error parsing HTTP 504 response body: invalid character '<' looking for beginning of value",
      'docker, behind a load balancer',
    ],
    [
      'Error reading config blob sha256:c912: Get "https://registry.hub.docker.com/v2/grafana/grafana/blobs/sha256:c912": EOF',
      'skopeo: containers/skopeo#1015',
    ],
    ['unexpected EOF', 'docker with ECR: moby/moby#28596'],
    [
      'Error response from daemon: Get "https://public.ecr.aws/v2/": net/http: TLS handshake timeout',
      'docker with ECR: Skyvern-AI/skyvern#1061, aws-actions/amazon-ecr-login#607',
    ],
    ['Get http://r:5000/v1/images/11b0/layer: read tcp 10.0.0.1:5000: i/o timeout', 'docker: moby/moby#8163'],
    [
      'Get http://localhost:5000/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      'docker: Lotto24/aws-ecr-http-proxy#19',
    ],
    [
      'reading blob sha256:1: read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer',
      'Go net, skopeo and docker',
    ],
  ],
  denied: [
    [
      `Error response from daemon: pull access denied for ${ecr}/e2lib, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::254865750963:assumed-role/R/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-west-2:254865750963:repository/e2lib because no identity-based policy allows the ecr:BatchGetImage action`,
      'docker with ECR: everything2/everything2#2562',
    ],
    [
      'denied: User: arn:aws:iam::871259748386:root is not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:us-west-2:692230297653:repository/c',
      'ECR: ZhangYuanhan-AI/CelebASpoofChallengeSubmissionExample#9',
    ],
    [
      `Error response from daemon: Head "https://${ecr}/v2/x/manifests/1": no basic auth credentials`,
      'docker with ECR: bottlerocket-update-operator#157',
    ],
    [
      'failed to resolve reference "r/image:latest": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
      'docker 28 with its image store: httptoolkit/docker-registry-facade#2',
    ],
    [
      'unexpected status from HEAD request to https://366590864501.dkr.ecr.us-west-2.amazonaws.com/v2/b/blobs/sha256:5de4: 403 Forbidden',
      'containerd with ECR: aws-samples/bedrock-access-gateway#114',
    ],
    [
      'Requesting bearer token: invalid status code from registry 403 (Forbidden)',
      'skopeo 1.11: containers/skopeo#1954',
    ],
    [
      'reading manifest v1.7.0 in quay.io/XXX: unauthorized: access to the requested resource is not authorized',
      'skopeo: containers/skopeo#1665',
    ],
    [
      'trying to reuse blob sha256:3dc6 at destination: checking whether a blob sha256:3dc6 exists in registry.gitlab.com/x: requested access to the resource is denied',
      'skopeo 1.17: containers/skopeo#2484',
    ],
  ],
  other: [
    ['open /var/tmp/x: permission denied', 'a file'],
    ['writing blob: write /var/tmp/storage1: no space left on device', 'a full disk'],
    [
      'pinging container registry r: Get "https://r/v2/": x509: certificate signed by unknown authority',
      'Go crypto/x509',
    ],
    ['pinging container registry r: Get "https://r/v2/": dial tcp: lookup r: no such host', 'a wrong name'],
    [
      'pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'no server',
    ],
    [
      'trying to reuse blob sha256:98be at destination: pinging container registry localhost:5000: Get "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client',
      'skopeo 1.15: containers/skopeo#2371',
    ],
  ],
};

describe('a failure of a registry', () => {
  for (const [kind, messages] of Object.entries(seen)) {
    it(`is ${kind} in ${messages.length} messages`, () => {
      for (const [message, source] of messages) assert.equal(registryFailure(message), kind, `${source}: ${message}`);
    });
  }

  it('in ECR keeps the words that name the missing right', () => {
    const message = 'denied: User: arn:x is not authorized to perform: ecr:BatchGetImage on resource: arn:y';
    assert.match(
      whyNot(`docker://${ecr}/x@sha256:0`, message),
      /^denied: .*ecr:BatchGetImage.*check the rights of this role/,
    );
    assert.equal(whyNot(`docker://${ecr}/x@sha256:0`, 'unexpected EOF'), 'unexpected EOF');
  });

  it('is told without the signature of the URL that failed', () => {
    const url = 'https://prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com/1a-2b';
    const message = `reading blob sha256:1: Get "${url}?X-Amz-Security-Token=IQo&X-Amz-Signature=beef": dial tcp 52.0.0.1:443: i/o timeout`;
    const told = withoutSignatures(message);
    assert.equal(told, `reading blob sha256:1: Get "${url}?…": dial tcp 52.0.0.1:443: i/o timeout`);
    assert.equal(registryFailure(told), 'passing');
  });
});
